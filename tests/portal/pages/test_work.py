"""The start page of staff and the help for each role."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from portal.installation.paths import ROOT
from portal.pages.actions import add_page
from portal.pages.helping import HELP
from portal.pages.models import ContentPage
from portal.users.models import Role, User
from tests.courses.conftest import School, publish
from tests.help_pictures import MOST_BYTES, PICTURES
from tests.people import Province

pytestmark = pytest.mark.django_db


def browser_of(user: User) -> Client:
    Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"secret": "x"}})
    client = Client()
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
    return client


def test_staff_see_what_waits_and_the_way_there(world: Province, hr_county: User, outsider: User) -> None:
    page = browser_of(hr_county).get("/work/")

    waiting = {each.label: each for each in page.context["waiting"]}
    assert waiting["尚未首次登录的人员"].count >= 1
    listed = browser_of(hr_county).get(waiting["尚未首次登录的人员"].url)
    assert len(listed.context["lines"]) == waiting["尚未首次登录的人员"].count
    assert "人事人员 · 新城区" in " ".join(page.content.decode().split())


@pytest.mark.parametrize("name", ["administrator", "auditor", "hr_province"])
def test_every_role_has_a_start_page_whose_links_open(name: str, request: pytest.FixtureRequest) -> None:
    client = browser_of(request.getfixturevalue(name))

    page = client.get("/work/")
    help_page = client.get("/work/help/")

    assert page.status_code == help_page.status_code == 200
    urls = [each.url for each in [*page.context["waiting"], *page.context["quiet"]]]
    steps = [step.url for each in help_page.context["sections"] if each["is_own"] for step in each["steps"] if step.url]
    assert steps
    assert [url for url in {*urls, *steps} if client.get(url, follow=True).status_code != 200] == []


def test_learners_have_their_own_page_and_the_help(world: Province, official: User) -> None:
    client = browser_of(official)

    assert client.get("/work/").status_code == 403
    assert client.get("/work/help/").context["sections"][0]["role"] == Role.LEARNER
    assert "工作台" not in client.get("/learning/").content.decode()


@pytest.mark.parametrize("file", sorted(HELP.glob("*.toml")), ids=lambda file: file.stem)
def test_every_role_has_its_help(file: Path) -> None:
    told = tomllib.loads(file.read_text("utf-8"))

    assert set(told) == set(Role.values)
    for each in told.values():
        assert each["steps"]
        assert all(reverse(step["to"]) for step in each["steps"] if "to" in step)


def pictures_of(file: Path) -> dict[str, str]:
    """Return the pictures that a language's help shows, with what they show in words."""
    told = tomllib.loads(file.read_text("utf-8"))
    return {step["picture"]: step["shows"] for each in told.values() for step in each["steps"] if "picture" in step}


def test_the_help_shows_pictures_that_can_be_taken_again() -> None:
    shown = [pictures_of(file) for file in sorted(HELP.glob("*.toml"))]
    kept = {file.stem: file.stat().st_size for file in (ROOT / "portal/pages/static/pages/help").glob("*.webp")}

    assert len(shown) == 2
    assert set(shown[0]) == set(shown[1]) == set(kept) == set(PICTURES)
    assert all(len(words) > 8 for each in shown for words in each.values())
    assert max(kept.values()) <= MOST_BYTES


def test_the_help_page_is_for_everybody_with_pictures_and_their_words(school: School, client: Client) -> None:
    for code, address in (("zh-hans", "/help/"), ("en", "/en/help/")):
        page = add_page(parent=school.homes[code], page=ContentPage(title="Help", slug="help"))
        publish(page)

        shown = client.get(address).content.decode()

        assert shown.count("<figure>") == 3
        assert all(f'alt="{escape(words)}"' in shown for words in list(pictures_of(HELP / f"{code}.toml").values())[:3])
        assert finders.find("pages/help/learner-lab.webp")
