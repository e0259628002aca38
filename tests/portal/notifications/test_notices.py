"""Notices: sentences, rights, the list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_noop, override

from portal.notifications import registry
from portal.notifications.actions import UnknownNotice, notify, renew_notice
from portal.notifications.models import Notice
from portal.notifications.queries import unread_count
from portal.users.models import User
from tests.counting import asking, costs_the_same

AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_templates", {"test.graded": gettext_noop("Graded: %(lab)s, %(score)s points.")})


def leave(user: User, lab: str = "停车诱导", **fields: Any) -> Notice:
    return notify(user=user, kind="test.graded", params={"lab": lab, "score": "7.5"}, at=AT, **fields)


def test_a_notice_says_its_facts(official: User) -> None:
    assert leave(official).sentence == "Graded: 停车诱导, 7.5 points."


def test_a_kind_without_a_sentence_is_refused(official: User) -> None:
    with pytest.raises(UnknownNotice):
        notify(user=official, kind="test.unknown", params={}, at=AT)


def test_what_goes_on_is_one_line_until_it_is_read(official: User) -> None:
    for count in (1, 2):
        renew_notice(user=official, kind="test.graded", params={"lab": "x", "score": count}, url="/a/", at=AT)
    Notice.objects.update(read_at=AT)
    renew_notice(user=official, kind="test.graded", params={"lab": "x", "score": 3}, url="/a/", at=AT)
    renew_notice(user=official, kind="test.graded", params={"lab": "x", "score": 4}, url="/b/", at=AT)

    assert [notice.params["score"] for notice in Notice.objects.order_by("pk")] == [2, 3, 4]


def test_a_missing_fact_or_a_kind_that_is_gone_never_breaks_the_page(official: User) -> None:
    with override("en"):
        assert registry.sentence("test.graded", {}) == registry.sentence("gone", {"a": 1}) != ""


def test_only_the_own_notices_are_listed_and_marked(client: Client, official: User, technician: User) -> None:
    leave(official, lab="我的实训")
    foreign = leave(technician, lab="别人的实训")
    client.force_login(official)

    page = client.get("/notices/").content.decode()
    refused = client.post(f"/notices/{foreign.uuid}/read/")
    client.post("/notices/read/")

    assert "我的实训" in page
    assert "别人的实训" not in page
    assert refused.status_code == 404
    assert (unread_count(official), unread_count(technician)) == (0, 1)


def test_opening_marks_read_and_leads_on_but_never_away(client: Client, official: User) -> None:
    client.force_login(official)

    inside = client.post(f"/notices/{leave(official, url='/learning/').uuid}/read/")
    outside = client.post(f"/notices/{leave(official, url='https://evil.example/').uuid}/read/")

    assert inside.headers["Location"] == "/learning/"
    assert outside.headers["Location"] == "/notices/"
    assert unread_count(official) == 0


def test_the_list_costs_the_same_for_one_notice_and_for_many(client: Client, official: User) -> None:
    client.force_login(official)
    leave(official)

    def grow() -> None:
        for _ in range(15):
            leave(official)

    costs_the_same(asking(client, "/notices/"), row="/read/", grow=grow, most=20)
