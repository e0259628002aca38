"""The room of whoever signs: the same rows before and after, the game, and no signature without every tick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from labs.datasets.actions import approve_draft, destroy_batch
from labs.datasets.models import Draft, DraftState, FindingAnswer
from labs.datasets.questions import questions_of
from portal.audit.models import AuditEvent
from tests.labs.datasets.desk import COLUMNS, RECIPE, Desk, answers, people, refusing, signing, table, tomorrow
from tests.labs.datasets.test_desk_pages import as_person, page


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def texted(desk: Desk) -> Draft:
    """Return a built draft with a text column that names people, which is blotted out."""
    rows = [(*row, f"联系人：王秀英，电话138{n:08d}，路灯不亮") for n, row in enumerate(people())]
    columns = {**RECIPE["columns"], "note": {"role": "text"}}
    draft = desk.draft(table(rows, (*COLUMNS, "note")), document={**RECIPE, "columns": columns})
    assert not desk.build(draft).stops
    return draft


def room(draft: Draft) -> str:
    return f"/datasets/desk/drafts/{draft.uuid}/review/"


def cells(row: Any) -> list[str]:
    return [cell.get_text() for cell in row.select("td")]


def test_rows_before_and_after_are_the_same_rows(desk: Desk, var: Path) -> None:
    draft = texted(desk)
    shown = page(as_person(desk.officer), room(draft))
    heads = [head.get_text() for head in shown.select(".looked table")[0].select("thead th")][2:]
    age, ward = heads.index("age"), heads.index("ward")
    before, after = shown.select(".looked tbody tr:not(.after)"), shown.select(".looked tbody tr.after")

    assert heads == ["age", "ward", "status", "note"] and len(before) == len(after) > 30
    for one, other in zip(map(cells, before), map(cells, after), strict=True):
        low, high = other[age].strip("[)").split(",") if "," in other[age] else (one[age], str(int(one[age]) + 1))
        assert int(low) <= int(one[age]) < int(high)
        assert other[ward] in (one[ward], "*") and "138" in one[-1] and "138" not in other[-1]
    assert "P0" not in shown.get_text()  # what is left out of the release is not shown beside it either
    seen = AuditEvent.objects.filter(event="datasets.originals_shown", actor_id=desk.officer.pk)
    assert seen.count() == 1


def test_originals_end_with_the_raw_file(desk: Desk, var: Path) -> None:
    draft = texted(desk)
    destroy_batch(batch=draft.batch, reason="到期", by=desk.officer, at=timezone.now())

    shown = page(as_person(desk.officer), room(draft))

    assert "138" not in shown.get_text() and shown.select(".looked tr.after")
    assert not list((var / "raw" / "builds").glob("*.sample*"))


def test_what_is_put_aside_is_sealed(desk: Desk, var: Path) -> None:
    texted(desk)
    kept = list((var / "raw" / "builds").glob("*.sample"))
    assert len(kept) == 1 and "王秀英".encode() not in kept[0].read_bytes()


def test_one_click_signs_nothing(desk: Desk, var: Path) -> None:
    draft, officer = texted(desk), as_person(desk.officer)
    address = room(draft).replace("review", "approve")
    form = page(officer, room(draft)).select_one(f'form[action="{address}"]')
    assert form is not None
    for missing, instead in (("seen-0", ""), ("reason-1", ""), ("reason-1", "."), ("reason-1", "同意"), ("seen-1", "")):
        sent = {**signing(draft), missing: instead}
        answer = officer.post(address, sent)
        shown = BeautifulSoup(answer.content, "html.parser")
        problem = shown.select_one(f"#id_{missing}_error")
        assert answer.status_code == 400 and problem is not None, missing
        field = problem.find_parent(class_="field")
        assert field is not None and field.select_one(f'[name="{missing}"]') is not None
        kept = shown.select_one('[name="reason-0"]')
        assert kept is not None and "逐行看过" in kept.get_text()
    draft.refresh_from_db()
    assert draft.state == DraftState.ASSESSED and not FindingAnswer.objects.exists()
    with refusing("unanswered"):
        approve_draft(
            draft=draft, revision=draft.revision, answers={0: "逐行看过了", 1: "。"}, valid_until=tomorrow(9), by=desk.officer,
            at=timezone.now(),
        )  # fmt: skip

    officer.post(address, signing(draft))

    draft.refresh_from_db()
    assert draft.state == DraftState.APPROVED
    report = draft.reports.get()
    asked = questions_of(report.numbers["findings"])
    assert [(row.place, row.check_name, row.column) for row in report.answers.order_by("place")] == [
        (one.place, one.check, one.column) for one in asked
    ]
    assert "逐行看过" in page(officer, f"/datasets/reports/{report.uuid}/").get_text()


def test_an_answer_is_never_changed(desk: Desk, var: Path) -> None:
    draft = texted(desk)
    desk.approve(draft)
    row = FindingAnswer.objects.filter(place=0).get()
    for statement in (
        f"UPDATE datasets_findinganswer SET reason = 'x' WHERE id = {row.pk}",
        f"DELETE FROM datasets_findinganswer WHERE id = {row.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    for wrong in ({"place": 0, "reason": "again"}, {"place": 9, "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FindingAnswer.objects.create(report=row.report, check_name="x", at=row.at, by=row.by, **wrong)


def game(draft: Draft, *known: dict[str, str]) -> dict[str, str]:
    """Return what the form of the game sends; its boxes stand in the order age, ward, status."""
    boxes = ("age", "ward", "status")
    return {
        f"known-{person}-{boxes.index(column)}": value
        for person, values in enumerate(known)
        for column, value in values.items()
    }


def test_the_game_says_who_is_found(desk: Desk, var: Path) -> None:
    # Everybody of ward W9 is closed: nobody stands out, and yet all is known.
    rows = [*people(), *((f"Q{n}", 30 + n % 2, "W9", "closed") for n in range(12))]
    draft = desk.draft(table(rows))
    desk.build(draft)
    officer = as_person(desk.officer)
    sent = game(draft, {"age": "31", "ward": "W9"}, {"age": "33", "ward": "W3"}, {"age": "99", "ward": "W1"})

    shown = BeautifulSoup(officer.post(room(draft), sent).content, "html.parser")

    told, hidden, absent = (shown.select_one(f"#person-{n}") for n in (1, 2, 3))
    assert told is not None and hidden is not None and absent is not None
    assert "敏感" in told.get_text() and "closed" in told.get_text() and told.select_one(".notice-danger")
    assert hidden.select_one(".notice-success") and "敏感" not in hidden.get_text()
    assert "不在" in absent.get_text()
    event = AuditEvent.objects.get(event="datasets.release_tried")
    assert event.facts.get("found") == 1 and "W9" not in str(event.facts)


def test_people_are_counted_not_rows(desk: Desk, var: Path) -> None:
    # One person fills the twelve rows of W9; the recipe says who a person is but asks for k = 1.
    rows = [*people(), *(("Q1", 30, "W9", "closed") for n in range(12))]
    draft = desk.draft(table(rows), document={**RECIPE, "k": 1, "person": "id"})
    build = desk.build(draft)
    assert {stop["check"] for stop in build.stops} == {"class_size"}
    assert as_person(desk.officer).post(room(draft), game(draft, {"ward": "W9"})).status_code == 404

    mended = desk.draft(table(rows), document={**RECIPE, "k": 5, "person": "id", "suppression_max": 0.2})
    desk.build(mended)
    answer = as_person(desk.officer).post(room(mended), game(mended, {"ward": "W9"})).content.decode()
    assert "不在" in answer or "隐藏" in answer


def test_a_value_that_cannot_be_is_said_at_its_box(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    desk.build(draft)
    answer = as_person(desk.officer).post(room(draft), game(draft, {"age": "三十"}, {"ward": "W1"}))
    shown = BeautifulSoup(answer.content, "html.parser")
    box = shown.select_one("#known-0-0")
    assert box is not None and box["aria-invalid"] == "true" and box["value"] == "三十"
    assert shown.select_one("#known-0-0-error") is not None and not shown.select("fieldset [role=status]")


def test_ticks_survive_the_game(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    desk.build(draft)
    answer = as_person(desk.officer).post(room(draft), {**signing(draft), **game(draft, {"ward": "W1"})})
    shown = BeautifulSoup(answer.content, "html.parser")
    assert shown.select_one('[name="seen-0"][checked]') is not None
    assert shown.select_one('[name="reason-0"]').get_text().strip() == answers(draft)[0]
    assert answer.status_code == 200 and not FindingAnswer.objects.exists()


def test_detectors_hits_are_listed_with_their_place(desk: Desk, var: Path) -> None:
    rows = [(*row, "正常" if n % 2 else "转办029-88123456") for n, row in enumerate(people())]
    columns = {**RECIPE["columns"], "label": {"role": "plain"}}
    draft = desk.draft(table(rows, (*COLUMNS, "label")), document={**RECIPE, "columns": columns})
    desk.build(draft)

    row = page(as_person(desk.officer), room(draft)).select_one("#hits ~ .table-wrap tbody tr")

    assert row is not None
    assert row.select_one("th").get_text() == "label" and cells(row)[1:] == ["固定电话", "029-88123456"]
    assert int(cells(row)[0]) > 0
