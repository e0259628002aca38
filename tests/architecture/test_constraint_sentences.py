"""A broken constraint speaks in the reader's words, at the field where it can be mended."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import BaseConstraint, CheckConstraint, F, Model, UniqueConstraint
from django.db.models.expressions import BaseExpression
from django.forms.models import BaseModelForm
from django.urls import get_resolver
from django.utils.translation import override
from wagtail.snippets.models import get_snippet_models

from labs.datasets.deidentification.messages import Refusal
from labs.datasets.desk.rules import options_from
from labs.datasets.refusals import DeskRefused

OURS = ("portal", "courses", "labs", "search")


def ours() -> list[type[Model]]:
    """Models of our own apps."""
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]


CONSTRAINTS = [(model, constraint) for model in ours() for constraint in model._meta.constraints]


@pytest.mark.parametrize(("model", "constraint"), CONSTRAINTS, ids=lambda each: getattr(each, "name", ""))
def test_every_constraint_has_its_sentence_in_both_languages(model: type[Model], constraint: BaseConstraint) -> None:
    with override("en"):
        english = constraint.get_violation_error_message()
    with override("zh-hans"):
        chinese = constraint.get_violation_error_message()

    assert constraint.violation_error_message != constraint.default_violation_error_message
    assert english.endswith(".")
    assert chinese.endswith("。")
    assert constraint.name not in english + chinese
    assert not re.search(r"[A-Za-z_]{2,}", chinese)


def parts_of(constraint: BaseConstraint) -> set[str]:
    """Names of the fields that a constraint reads."""
    if isinstance(constraint, UniqueConstraint):
        return set(constraint.fields)
    assert isinstance(constraint, CheckConstraint)
    found: set[str] = set()
    waiting = [constraint.condition]
    while waiting:
        each = waiting.pop()
        if isinstance(each, F):
            found.add(each.name)
        elif isinstance(each, tuple):
            found.add(each[0].split("__")[0])
            waiting.append(each[1])
        elif hasattr(each, "children"):
            waiting.extend(each.children)
        elif isinstance(each, BaseExpression):
            waiting.extend(each.get_source_expressions())
    return found


def below(form: type[BaseModelForm]) -> Iterator[type[BaseModelForm]]:  # type: ignore[type-arg]
    """Every form that is made from the given one."""
    for each in form.__subclasses__():
        yield each
        yield from below(each)


def model_forms() -> list[type[BaseModelForm]]:  # type: ignore[type-arg]
    """Forms of our models, those that Wagtail makes for its screens included."""
    get_resolver().url_patterns  # noqa: B018  (importing the addresses imports the forms)
    for model in get_snippet_models():
        model.snippet_viewset.get_form_class()
    return [each for each in below(BaseModelForm) if getattr(getattr(each, "_meta", None), "model", None) in ours()]


def test_a_form_that_shows_the_fields_of_a_constraint_says_its_sentence_at_one_of_them() -> None:
    forms = [form for form in model_forms() if form.base_fields]
    nowhere, seen = [], set()
    for form in forms:
        model = form._meta.model
        for constraint in model._meta.constraints:
            if parts_of(constraint) and parts_of(constraint) <= set(form.base_fields):
                seen.add(constraint.name)
                field_of = getattr(model, "field_of", lambda _: "")
                if field_of(constraint) not in form.base_fields:
                    nowhere.append((form.__name__, constraint.name))

    assert not nowhere
    assert {"run_teaching_window", "lesson_order_once_in_course", "program_ends_after_start"} <= seen


def test_no_sentence_of_the_data_desk_tells_where_the_server_keeps_a_file() -> None:
    refusal = Refusal("ragged", path="/srv/somewhere/var/raw/work/1/hotline.csv", row=101, found=14, expected=13)

    assert refusal.text(chinese=True) == "hotline.csv 第 101 行有 14 列，表头有 13 列。"
    assert "/" not in refusal.text(chinese=False)


def test_parameters_that_cannot_be_read_are_said_without_the_parsers_words() -> None:
    with override("zh-hans"), pytest.raises(DeskRefused) as refused:
        options_from("受理时间", '{"width": ')

    assert "受理时间" in str(refused.value)
    assert not re.search("JSON|Expecting|char|line", str(refused.value))
