"""A replay proves that the same digests give the same result, and never touches the grade."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labs.grading.actions import record_result
from labs.grading.models import Grade, GradingRun
from labs.grading.queries import standing
from portal.queue.actions import take
from portal.queue.registry import Chore, chores
from tests.classroom import NOW, Classroom, result

pytestmark = pytest.mark.django_db


def replay(receipt: str | None, monkeypatch: pytest.MonkeyPatch, **found: Any) -> tuple[int, dict[str, Any]]:
    def work(run: GradingRun) -> None:
        record_result(run=run, result=result(**found), at=NOW)

    monkeypatch.setattr("labs.grading.management.commands.replay_grade.work_on_run", work)
    said, status = StringIO(), 0
    try:
        call_command("replay_grade", receipt, stdout=said)
    except SystemExit as exit_status:
        status = int(exit_status.code or 0)
    return status, json.loads(said.getvalue())


def test_the_same_digests_give_the_same_result(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = classroom.submit()
    with pytest.raises(CommandError):
        call_command("replay_grade", submission.receipt)
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=NOW, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(), at=NOW)

    same = replay(submission.receipt, monkeypatch)
    other_result = replay(str(submission.uuid), monkeypatch, score=5, verdict="partial")
    other_grader = replay(submission.receipt, monkeypatch, digests={"environment": "e" * 64, "grader": "b" * 64})

    assert same[0] == 0 and same[1]["same_result"] and same[1]["same_digests"]
    assert other_result[0] == 1 and other_result[1]["different_questions"] == ["q1"]
    assert other_grader[0] == 1 and other_grader[1]["different_digests"] == ["grader_digest"]
    assert Grade.objects.get().run == run
    assert standing(submission).score == 600
    assert GradingRun.objects.filter(cause="replay", results__isnull=False).distinct().count() == 3


def test_another_grader_grades_nothing_again_by_itself(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade changes the digest of the grader; earlier grades keep theirs."""
    submission = classroom.submit(idempotency_key="k" * 20)
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=NOW, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(), at=NOW)

    monkeypatch.setattr("labs.grading.keys.grader_digest", lambda: "b" * 64)
    for chore in grading_chores():
        chore.work(NOW + timedelta(minutes=10))
    again = classroom.submit(idempotency_key="k" * 20, at=NOW + timedelta(minutes=10))

    assert again == submission
    assert GradingRun.objects.get().grader_digest == "a" * 64
    assert Grade.objects.get().run == run


def grading_chores() -> list[Chore]:
    found = [chore for chore in chores() if chore.name.startswith("grading.")]
    assert found
    return found


def test_an_unknown_submission_is_said() -> None:
    with pytest.raises(CommandError):
        call_command("replay_grade", "SJ-20000101-000001")
