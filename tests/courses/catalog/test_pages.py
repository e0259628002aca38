"""The catalog's public pages: what they show, to whom, at what cost; what the search finds of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.models import PageViewRestriction

from courses.catalog import labs
from courses.catalog.actions import change_run
from courses.catalog.labs import LabCard, lab_card, lab_choices, register_labs
from courses.catalog.queries import access_runs_for
from courses.learning.actions import enroll
from portal.users.models import User
from search.models import SearchEntry
from tests.courses.conftest import NOW, School, publish
from tests.courses.learning.test_views import signed_in
from tests.people import Province

COURSE = "/courses/chd/governance/"


# A course names its labs and its certificates, one query each.
@pytest.mark.parametrize(
    ("address", "most"),
    [("/", 13), ("/courses/", 13), ("/courses/chd/", 13), (COURSE, 15), (f"{COURSE}lesson-1/", 13)],
)
def test_an_anonymous_page_needs_few_queries(
    school: School, client: Client, address: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(address)

    with django_assert_max_num_queries(most):
        response = client.get(address)

    assert response.status_code == 200
    assert len(response.content) < 150_000


@pytest.mark.parametrize(
    ("query", "found"),
    [("", True), ("q=治理", True), ("q=数据要素", True), ("q=水利", False), ("partner=nwu", False), ("open=1", True)],
)
def test_the_catalog_is_filtered(school: School, client: Client, query: str, found: bool) -> None:
    page = client.get(f"/courses/?{query}").content.decode()

    assert (COURSE in page) is found


@pytest.mark.parametrize("query", ["page=x", "page=-1", "q=%00", "partner=%00", "open=maybe"])
def test_nonsense_in_the_address_is_harmless(school: School, client: Client, query: str) -> None:
    assert client.get(f"/courses/?{query}").status_code == 200


def _state(user: User | None) -> str:
    client = signed_in(user) if user else Client()
    return client.get(COURSE).content.decode()


def test_the_button_says_what_is_possible(school: School, official: User, technician: User) -> None:
    assert "登录后报名" in _state(None) or "Sign in to enroll" in _state(None)
    enroll(user=official, run=school.run, by=official, at=timezone.now())
    assert "/learning/runs/gov-1/withdraw/" in _state(official)
    change_run(run=school.run, fields={"capacity": 1}, by=None, at=NOW)
    assert "/learning/runs/gov-1/enroll/" not in _state(technician)
    change_run(run=school.run, fields={"capacity": 9, "enroll_closes_at": NOW - timedelta(hours=1)}, by=None, at=NOW)
    assert "/learning/runs/gov-1/enroll/" not in _state(technician)


def test_a_draft_is_neither_served_nor_found(school: School, client: Client) -> None:
    assert client.get("/courses/nwu/foreign/").status_code == 404
    assert not SearchEntry.objects.filter(title="外单位的课程").exists()


def test_publication_and_withdrawal_reach_the_search_at_once(school: School) -> None:
    page = school.page(school.lessons[0])
    entry = SearchEntry.objects.get(kind="lesson", source_uuid=school.lessons[0].uuid)
    assert "原始数据不出域" in entry.body
    assert (entry.url, entry.parent_title) == (f"{COURSE}lesson-1/", "智慧城市治理")

    page.unpublish()
    assert not SearchEntry.objects.filter(pk=entry.pk).exists()

    publish(page, title="回来的第一课")
    assert SearchEntry.objects.get(kind="lesson", source_uuid=school.lessons[0].uuid).title == "回来的第一课"


def test_a_change_in_a_draft_does_not_reach_the_search(school: School) -> None:
    page = school.page(school.lessons[0])
    page.title = "尚未公开"

    page.save_revision()

    assert not SearchEntry.objects.filter(title="尚未公开").exists()


@pytest.mark.parametrize(("kind", "audience"), [("login", "authenticated"), ("groups", None), ("password", None)])
def test_a_restricted_page_is_found_by_its_readers_only(school: School, kind: str, audience: str | None) -> None:
    PageViewRestriction.objects.create(page=school.page(school.course), restriction_type=kind, password="x")

    entry = SearchEntry.objects.filter(kind="lesson", source_uuid=school.lessons[0].uuid).first()

    assert (entry.audience if entry else None) == audience


def test_a_new_slug_moves_the_entries_below(school: School) -> None:
    page = school.page(school.course)

    publish(page, slug="renamed")

    assert SearchEntry.objects.get(source_uuid=school.lessons[1].uuid).url == "/courses/chd/renamed/lesson-2/"


def test_english_pages_lie_below_en_and_know_their_chinese_twins(school: School, client: Client) -> None:
    for partner_page in school.page(school.course, "en").get_ancestors().filter(depth=4):
        partner_page.specific.save_revision().publish()
    publish(school.page(school.course, "en"))

    page = client.get("/en/courses/chd/governance/").content.decode()

    assert 'lang="en"' in page
    assert f'href="{COURSE}"' in page


@pytest.fixture
def no_labs() -> Iterator[None]:
    """Lessons know no labs but those of the test."""
    with labs._sources.temporarily(alone=True):
        yield


def test_a_lab_block_shows_the_card_of_its_reader(school: School, client: Client, no_labs: None) -> None:
    lab = uuid.uuid4()

    def card(lab_uuid: uuid.UUID, user: Any, language: str) -> LabCard | None:
        return LabCard("停车诱导", url="/open/", action="打开实训") if lab_uuid == lab else None

    register_labs(choices=lambda: [(lab, "停车诱导")], card=card)
    page = school.page(school.lessons[0])
    publish(page, body=[("lab", {"lab": str(lab)}), ("quiz_place", {"note": "第一次测验"})])

    shown = client.get(f"{COURSE}lesson-1/").content.decode()

    assert 'href="/open/"' in shown
    assert "第一次测验" not in shown
    assert lab_choices() == [(str(lab), "停车诱导")]
    assert lab_card(uuid.uuid4(), None, "zh-hans") is None


def test_runs_are_taught_by_the_grants_of_program_and_run(
    school: School, own_instructor: User, official: User, administrator: User, world: Province
) -> None:
    today = timezone.localdate()

    world.grant(official, "instructor", "run", school.run.uuid)

    assert list(access_runs_for(own_instructor, today)) == [school.run]
    assert list(access_runs_for(official, today)) == [school.run]
    assert list(access_runs_for(administrator, today)) == [school.run]
