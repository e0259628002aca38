"""Taking notebooks in."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction

from courses.learning.actions import enroll
from labs.assignments.storing import read_stored, store_durably
from labs.grading.actions import receive_check, receive_submission
from labs.grading.models import GradingRun, Submission
from labs.grading.refusals import SubmissionRefused
from labs.grading.sweeping import sweep_checks, sweep_unclaimed_files
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.classroom import DUE, NOW, OPENS, Classroom, solved

pytestmark = pytest.mark.django_db


def refusal(classroom: Classroom, **changes: object) -> SubmissionRefused:
    with pytest.raises(SubmissionRefused) as caught:
        classroom.submit(**changes)
    return caught.value


def test_a_submission_has_receipt_digest_time_and_waits_for_its_grade(classroom: Classroom) -> None:
    submission = classroom.submit()

    assert submission.receipt == "SJ-20260310-000001"
    assert submission.sha256 == hashlib.sha256(solved()).hexdigest()
    assert submission.received_at == NOW
    assert submission.attempt == 1
    assert read_stored("submissions", submission.path) == solved()
    run = GradingRun.objects.get(submission=submission)
    assert (run.status, run.cause, len(run.key)) == ("queued", "submit", 64)
    assert AuditEvent.objects.filter(event="grading.submitted", target_uuid=submission.uuid).count() == 1


def test_every_attempt_is_kept_and_numbered(classroom: Classroom) -> None:
    first, second = classroom.submit(), classroom.submit(content=solved("total = 4"))

    assert (first.attempt, second.attempt) == (1, 2)
    assert second.receipt == "SJ-20260310-000002"
    assert read_stored("submissions", first.path) != read_stored("submissions", second.path)


def test_the_same_key_gives_the_same_receipt(classroom: Classroom) -> None:
    first = classroom.submit(idempotency_key="k")
    again = classroom.submit(idempotency_key="k", at=DUE + timedelta(days=1))

    assert again == first
    assert Submission.objects.count() == GradingRun.objects.count() == 1
    assert refusal(classroom, idempotency_key="k", content=solved("total = 9")).code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("at", "code"), [(OPENS - timedelta(seconds=1), "not_open"), (DUE + timedelta(seconds=1), "closed")]
)
def test_the_server_keeps_the_dates(classroom: Classroom, at: object, code: str) -> None:
    assert refusal(classroom, at=at).code == code
    assert not Submission.objects.exists()


def test_no_more_attempts_than_allowed(classroom: Classroom) -> None:
    for _ in range(3):
        classroom.submit()

    assert refusal(classroom).code == "no_attempts_left"


def test_a_check_is_no_attempt(classroom: Classroom) -> None:
    check = receive_check(assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW)

    assert (check.attempt, check.receipt, check.purpose) == (None, None, "check")
    assert GradingRun.objects.get(submission=check).cause == "check"
    assert classroom.submit().attempt == 1


def test_nobody_submits_without_a_place_in_the_run(classroom: Classroom, outsider: User) -> None:
    assert refusal(classroom, user=outsider).code == "not_found"


def test_too_many_in_a_minute_are_refused(classroom: Classroom) -> None:
    for _ in range(20):
        receive_check(assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW)

    with pytest.raises(SubmissionRefused) as caught:
        receive_check(assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW)

    assert caught.value.status == 429
    receive_check(
        assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW + timedelta(seconds=61)
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bad_notebook"),
        (b"{}", "bad_notebook"),
        (b"\xff\xfe{}", "bad_notebook"),
        (b'{"nbformat": 3, "cells": []}', "bad_notebook"),
        (b'{"nbformat": 4, "cells": [1]}', "bad_notebook"),
        (b'{"nbformat": 4, "cells": [' + b"{}," * 2000 + b"{}]}", "too_complex"),
        (b"[" * 1_000_000, "too_complex"),
        (b"[" + b"[]," * 1_000_000 + b"[]]", "too_complex"),
        (b'"' + b'\\"' * 1_000_000, "bad_notebook"),
    ],
)
def test_what_is_no_notebook_is_refused_and_leaves_nothing(classroom: Classroom, content: bytes, code: str) -> None:
    assert refusal(classroom, content=content).code == code
    assert not Submission.objects.exists()
    assert not any(path.is_file() for path in stored_files())


def test_more_than_20_mb_are_refused(classroom: Classroom) -> None:
    assert refusal(classroom, content=b" " * (20 * 1024 * 1024 + 1)).status == 413


def test_a_row_that_cannot_be_written_leaves_no_file(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("power")

    monkeypatch.setattr("labs.grading.actions.receiving.record", fail)

    with pytest.raises(RuntimeError):
        classroom.submit()

    assert not Submission.objects.exists() and not GradingRun.objects.exists()
    assert not any(path.is_file() for path in stored_files())


def test_a_submission_is_never_changed(classroom: Classroom) -> None:
    submission = classroom.submit()

    for change in (lambda: submission.delete(), lambda: Submission.objects.update(sha256="0" * 64)):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_files_that_no_row_names_are_swept_after_a_day(classroom: Classroom) -> None:
    submission = classroom.submit()
    store_durably("submissions", "ab/lost.ipynb", b"x")
    now = datetime.now(UTC)

    sweep_unclaimed_files(now)
    before = len([path for path in stored_files() if path.is_file()])
    sweep_unclaimed_files(now + timedelta(days=2))

    assert before == 2
    assert [path.name for path in stored_files() if path.is_file()] == [f"{submission.uuid}.ipynb"]


def test_on_a_disk_that_is_nearly_full_checks_stop_and_submissions_do_not(classroom: Classroom, settings: Any) -> None:
    settings.DISK_RESERVE = 1 << 60

    with pytest.raises(SubmissionRefused) as refused:
        receive_check(assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW)

    assert (refused.value.status, refused.value.code) == (507, "no_room_for_checks")
    assert classroom.submit().attempt == 1


def test_the_bytes_of_a_check_go_when_its_result_is_there_and_nothing_else_does(classroom: Classroom) -> None:
    submitted = classroom.submit()
    done, waiting = (
        receive_check(assignment=classroom.assignment, user=classroom.trainee, content=content, at=NOW)
        for content in (solved(reflection="一"), solved(reflection="二"))
    )
    for each in (submitted, done):
        GradingRun.objects.filter(submission=each).update(status="done", finished_at=NOW)

    sweep_checks(NOW + timedelta(minutes=5))
    early = len([path for path in stored_files() if path.is_file()])
    sweep_checks(NOW + timedelta(minutes=11))
    sweep_unclaimed_files(datetime.now(UTC) + timedelta(days=2))

    assert early == 3
    left = {path.stem for path in stored_files() if path.is_file()}
    assert left == {str(submitted.uuid), str(waiting.uuid)}
    assert Submission.objects.filter(pk=done.pk).exists()


def test_an_old_check_that_the_frequent_sweep_missed_is_found_by_the_daily_one(classroom: Classroom) -> None:
    check = receive_check(assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW)
    GradingRun.objects.filter(submission=check).update(status="needs_person", finished_at=NOW)

    sweep_checks(NOW + timedelta(hours=1))
    assert any(path.is_file() for path in stored_files())
    sweep_unclaimed_files(datetime.now(UTC) + timedelta(days=2))

    assert not any(path.is_file() for path in stored_files())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_simultaneous_submissions_get_numbers_of_their_own(classroom: Classroom, outsider: User) -> None:
    enroll(user=outsider, run=classroom.run, by=outsider, at=NOW)
    start, taken, failed = threading.Barrier(6), [], []

    def submit(user: User, key: str) -> None:
        try:
            start.wait()
            taken.append(
                receive_submission(
                    assignment=classroom.assignment, user=user, content=solved(), idempotency_key=key, at=NOW
                )
            )
        except Exception as problem:  # whatever it is, the test must show it
            failed.append(problem)
        finally:
            connection.close()

    work = [(classroom.trainee, "a"), (classroom.trainee, "a"), (classroom.trainee, "b"), (classroom.trainee, "b")]
    work += [(outsider, "c"), (outsider, "d")]
    threads = [threading.Thread(target=submit, args=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert len({submission.uuid for submission in taken}) == Submission.objects.count() == 4
    receipts = Submission.objects.order_by("receipt").values_list("receipt", flat=True)
    assert list(receipts) == [f"SJ-20260310-{n:06d}" for n in range(1, 5)]
    attempts = Submission.objects.filter(user=classroom.trainee).order_by("attempt").values_list("attempt", flat=True)
    assert list(attempts) == [1, 2]
    assert len([path for path in stored_files() if path.is_file()]) == 4


def stored_files() -> list[Path]:
    return list(Path(storages["submissions"].path("")).rglob("*"))
