"""A steward who says that a dataset tells of nobody: the table contradicts, and whoever signs sees who said so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from labs.datasets.actions import change_dataset
from labs.datasets.models import Draft
from tests.labs.datasets.desk import Desk, make_desk, table
from tests.labs.datasets.test_desk_pages import as_person
from tests.labs.datasets.test_findings import stopped
from tests.people import Province


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def test_a_table_of_people_whose_steward_says_that_there_are_none(desk: Desk, var: Path) -> None:
    change_dataset(dataset=desk.dataset, words={"has_persons": False}, by=desk.steward, at=timezone.now())
    rows = [(name, "高血压") for name in ("王秀英", "李建国", "张伟", "刘芳", "陈静") * 5]
    draft = desk.draft(table(rows, ("c", "诊断")), statement="no_persons", reason="没有人", document={})

    assert "persons_denied" in stopped(desk, draft)
    assert desk.steward.get_username() in said(draft, "persons_unticked")


def test_whoever_signs_sees_that_the_register_was_changed_and_may_look_for_people(desk: Desk, var: Path) -> None:
    change_dataset(dataset=desk.dataset, words={"has_persons": False}, by=desk.steward, at=timezone.now())
    rows = [(f"车场{n % 9}", 100 + n % 5) for n in range(40)]
    draft = desk.draft(table(rows, ("place", "spaces")), statement="no_persons", reason="只有车场", document={})
    build = desk.build(draft)
    draft.refresh_from_db()
    client, room = as_person(desk.officer), f"/datasets/desk/drafts/{draft.uuid}/review/"

    assert not build.stops and desk.steward.get_username() in said(draft, "persons_unticked")
    assert desk.steward.get_username() in client.get(room).content.decode()
    answer = client.post(room, {"revision": str(draft.revision), "known-0-0": "车场3"})
    shown = BeautifulSoup(answer.content, "html.parser")
    assert shown.select_one("#person-1 [role=status]") is not None


def test_a_register_that_never_spoke_of_persons_is_no_finding(world: Province, var: Path) -> None:
    desk = make_desk(world, "parking", has_persons=False)
    rows = [(f"车场{n % 9}", 100 + n % 5) for n in range(40)]
    draft = desk.draft(table(rows, ("place", "spaces")), statement="no_persons", reason="只有车场", document={})
    desk.build(draft)

    assert said(draft, "persons_unticked") == ""


def said(draft: Draft, check: str) -> str:
    """Return what the newest build says under a check."""
    build = draft.builds.order_by("-pk").first()
    assert build is not None
    return "".join(str(found["message_zh"]) for found in build.findings if found["check"] == check)
