"""The frame and the components render alone, with what their heads promise."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation


def page(source: str, **context: Any) -> BeautifulSoup:
    """Render template source without a request."""
    return BeautifulSoup(engines["django"].from_string(source).render(context), "html.parser")


class Enrollment(forms.Form):
    """A form with one field of every kind."""

    name = forms.CharField(help_text="As in the personnel file.")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agrees = forms.BooleanField()
    note = forms.CharField(required=False)


def test_the_frame_needs_no_context() -> None:
    frame = page('{% extends "base.html" %}{% block title %}T{% endblock %}{% block main %}<p>M</p>{% endblock %}')

    assert frame.html is not None
    assert "data-theme" not in frame.html.attrs
    assert frame.select_one("a.skip-link")["href"] == "#main"  # type: ignore[index]  # absent: the test fails as it should
    assert frame.select_one("main#main p").text == "M"  # type: ignore[union-attr]  # same


def test_the_frame_shows_preferences_and_language() -> None:
    with translation.override("zh-hans"):
        frame = page('{% extends "base.html" %}', preferences={"theme": "dark", "mode": "large"})

    assert frame.html is not None
    assert (frame.html["lang"], frame.html["data-theme"], frame.html["data-mode"]) == ("zh-hans", "dark", "large")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_error_pages_promise_themselves_no_context(name: str) -> None:
    html = BeautifulSoup(render_to_string(f"{name}.html"), "html.parser")

    assert html.select_one("h1")
    assert html.select_one("a.button[href='/']")


def test_errors_lead_to_their_fields_and_fields_name_their_errors() -> None:
    html = page('{% include "components/fields.html" with form=form only %}', form=Enrollment({}))

    assert [link["href"] for link in html.select(".error-summary a")] == ["#id_name", "#id_kind", "#id_agrees"]
    assert all(html.select(str(link["href"])) for link in html.select(".error-summary a"))
    control = html.select_one("#id_name")
    assert control is not None
    assert control["aria-invalid"] == "true"
    assert all(html.find(id=part) for part in str(control["aria-describedby"]).split())
    assert html.select_one("fieldset legend")
    assert html.select_one("label[for=id_note] .hint")


def test_pages_of_a_list_keep_the_other_parameters() -> None:
    html = page(
        '{% include "components/pagination.html" with page_obj=page query="unit=3" only %}',
        page=Paginator(range(200), 20).page(5),
    )

    assert [a["href"] for a in html.select("a[rel]")] == ["?unit=3&page=4", "?unit=3&page=6"]
    assert html.select_one("[aria-current]").text == "5"  # type: ignore[union-attr]  # absent: the test fails as it should


def test_a_sorted_column_asks_for_the_other_direction() -> None:
    source = '{% include "components/sort_head.html" with label="L" key="name" sort=sort only %}'

    assert page(source, sort="name").select_one("th[aria-sort=ascending] a[href='?sort=-name']")
    assert page(source, sort="-name").select_one("th[aria-sort=descending] a[href='?sort=name']")
    assert page(source, sort="").select_one("th[aria-sort=none] a[href='?sort=name']")


@pytest.mark.parametrize(("passed", "state"), [(True, "tag-success"), (False, "tag-danger"), (None, "tag-progress")])
def test_a_score_says_whether_it_is_enough(passed: bool | None, state: str) -> None:
    tag = SimpleNamespace(state="warning", label="V")
    question = SimpleNamespace(title="Q", look="failed", tag=tag, score=0, max_score=300, message="<b>")
    html = page(
        '{% include "components/score_panel.html" with score=750 max_score=1000 passed=passed questions=questions only %}',
        passed=passed,
        questions=[question],
    )

    assert html.select_one(f".{state}")
    assert "7.5" in html.text
    assert html.select_one("li.is-failed .tag-warning").text == "V"  # type: ignore[union-attr]  # absent: the test fails as it should
    assert html.select_one("li.is-failed .message").text == "<b>"  # type: ignore[union-attr]  # same


@pytest.mark.parametrize("state", ["valid", "expired", "revoked", "unknown"])
def test_the_answer_of_a_verification_is_in_words(state: str) -> None:
    html = page(
        '{% include "components/verification.html" with state=state facts=facts only %}',
        state=state,
        facts=[("F", "1")],
    )

    assert html.select_one(f".verification-{state} h2")
    assert html.select_one("dl.facts dd").text == "1"  # type: ignore[union-attr]  # absent: the test fails as it should


def test_nothing_in_a_component_escapes_from_text() -> None:
    evil = '"><img src=x>'
    names = ("card", "course_card", "notice", "empty", "tag", "stat", "lab_block", "quiz_block", "attachment", "video")

    for name in names:
        html = page(
            f'{{% include "components/{name}.html" with title=x text=x label=x summary=x partner=x foot=x reason=x value=x url="/a" %}}',
            x=evil,
        )
        assert not html.select("img[src=x]"), name
