"""The rules of an assignment: one object for every surface, and the grade that counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.assignments.actions import (
    ExtensionRefused,
    change_assignment,
    grant_extension,
    withdraw_extension,
)
from labs.assignments.freezing import FrozenReason
from labs.assignments.rules import (
    AttemptResult,
    Terms,
    effective,
    judge,
    less_percent,
    read_curve,
    ruling,
    so_far,
    write_curve,
)
from labs.grading.actions import record_result
from labs.grading.models import Grade, GradingRun
from labs.grading.queries import state_for
from labs.grading.refusals import SubmissionRefused
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.queue.actions import take
from tests.classroom import DUE, NOW, OPENS, Classroom, result

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TERMS = Terms(OPENS, DUE, ((1, 10), (3, 30)), attempts_max=2)


@pytest.mark.parametrize(
    ("at", "used", "state", "late"),
    [
        (OPENS - HOUR, 0, "not_open", 0),
        (OPENS, 0, "open", 0),
        (DUE, 1, "open", 0),
        (DUE + timedelta(seconds=1), 1, "late", 10),
        (DUE + DAY, 1, "late", 10),
        (DUE + DAY + timedelta(seconds=1), 1, "late", 30),
        (DUE + 3 * DAY, 1, "late", 30),
        (DUE + 3 * DAY + timedelta(seconds=1), 1, "closed", 0),
        (NOW, 2, "no_attempts_left", 0),
        (DUE + 4 * DAY, 2, "closed", 0),
    ],
)
def test_dates_attempts_and_lateness(at: datetime, used: int, state: str, late: int) -> None:
    now = judge(TERMS, at=at, attempts_used=used)

    assert (now.state, now.late_percent, now.may_submit) == (state, late, state in ("open", "late"))
    assert now.closes_at == DUE + 3 * DAY


def test_withdrawn_data_stop_submission_and_practice() -> None:
    now = judge(TERMS, at=NOW, attempts_used=0, frozen=FrozenReason("withdrawn", "数据已撤回", "withdrawn"))

    assert (now.state, now.may_submit, now.may_check) == ("frozen", False, False)
    assert now.reason in ("数据已撤回", "withdrawn")


RESULTS = [
    AttemptResult(1, 500, 1000, is_complete=True),
    AttemptResult(2, 900, 1000, is_complete=True),
    AttemptResult(3, 701, 1000, is_complete=True),
]


@pytest.mark.parametrize(("policy", "score", "attempt"), [("best", 900, 2), ("last", 701, 3), ("average", 700, None)])
def test_the_policy_chooses_what_counts(policy: str, score: int, attempt: int | None) -> None:
    counted = effective(policy, RESULTS)

    assert counted is not None
    assert (counted.score, counted.attempt, counted.is_final) == (score, attempt, True)


def test_an_open_attempt_keeps_last_and_average_open_but_not_best() -> None:
    waiting = [*RESULTS, AttemptResult(4, None, 0, is_complete=False)]
    finals = {policy: found.is_final for policy in ("best", "last", "average") if (found := effective(policy, waiting))}

    assert finals == {"best": True, "last": False, "average": False}
    assert effective("best", waiting[3:]) is None


def test_a_release_with_other_points_is_compared_by_share() -> None:
    counted = effective(
        "best", [AttemptResult(1, 90, 100, is_complete=True), AttemptResult(2, 80, 200, is_complete=True)]
    )

    assert counted is not None and (counted.score, counted.max_score, counted.attempt) == (90, 100, 1)


@given(st.integers(0, 100_000), st.integers(0, 100))
def test_lateness_never_adds_and_never_goes_below_nothing(score: int, percent: int) -> None:
    assert 0 <= less_percent(score, percent) <= score
    assert less_percent(score, 0) == score and less_percent(score, 100) == 0


@given(st.integers(0, 400), st.integers(0, 400))
def test_waiting_longer_never_loses_less(first: int, second: int) -> None:
    early, late = sorted((first, second))
    percents = [TERMS.late_percent(DUE + hours * HOUR) for hours in (early, late)]

    assert percents[1] is None or (percents[0] is not None and percents[0] <= percents[1])


def test_a_curve_is_read_and_written_as_people_write_it() -> None:
    assert read_curve("1 10\n\n3：30".replace("：", ":")) == [[1, 10], [3, 30]]
    assert read_curve("") == []
    assert read_curve(write_curve([[1, 10], [3, 30]])) == [[1, 10], [3, 30]]
    for wrong in ("1", "x y", "0 10", "2 10\n1 20", "1 20\n2 10", "1 101", "1 10 20"):
        with pytest.raises(ValueError):
            read_curve(wrong)


def change(classroom: Classroom, **changes: object) -> None:
    terms = {
        "release": classroom.release, "opens_at": OPENS, "due_at": DUE, "max_attempts": 3, "late_curve": [[2, 20]],
        **changes,
    }  # fmt: skip
    change_assignment(assignment=classroom.assignment, **terms, by=classroom.instructor, at=NOW)  # type: ignore[arg-type]


def grade(at: datetime, **found: Any) -> Grade:
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=at, lease=timedelta(seconds=30))
    assert run is not None
    grade = record_result(run=run, result=result(manual="failed", **found), at=at)
    assert grade is not None
    return grade


@pytest.mark.django_db
def test_a_late_submission_is_taken_and_loses_what_the_curve_says(classroom: Classroom) -> None:
    change(classroom)
    late = DUE + 26 * HOUR
    classroom.submit(at=late)
    found = grade(late)

    assert (found.score, found.counted_score, found.late_percent) == (600, 480, 20)
    assert "20" in found.reason and not found.has_passed
    state = state_for(classroom.trainee, classroom.assignment.uuid, late)
    assert state is not None and state.counted is not None
    assert (state.state, state.counted.score, state.has_passed, state.latest.score if state.latest else 0) == (
        "late", 480, False, 480,
    )  # fmt: skip
    assert AuditEvent.objects.get(event="grading.submitted").details["late_percent"] == 20
    with pytest.raises(SubmissionRefused):
        classroom.submit(at=DUE + 3 * DAY)


@pytest.mark.django_db
def test_an_extension_gives_time_attempts_and_takes_lateness_back(classroom: Classroom) -> None:
    change(classroom, max_attempts=1)
    late = DUE + 2 * HOUR
    classroom.submit(at=late)
    grade(late)
    own_deadline = DUE + 10 * DAY
    with pytest.raises(SubmissionRefused):
        classroom.submit(at=late + HOUR)

    grant_extension(
        assignment=classroom.assignment, user=classroom.trainee, due_at=own_deadline, extra_attempts=1, reason="防汛值班",
        by=classroom.instructor, at=late,
    )  # fmt: skip

    now = ruling(classroom.assignment, classroom.trainee, at=DUE + 9 * DAY)
    assert (now.state, now.due_at, now.attempts_max, now.closes_at) == ("open", own_deadline, 2, own_deadline + 2 * DAY)
    current = Grade.objects.current().get()
    assert (current.counted_score, current.late_percent, current.has_passed) == (600, None, True)
    assert classroom.submit(at=DUE + 9 * DAY).attempt == 2
    assert AuditEvent.objects.filter(event__in=["assignments.extended", "grading.lateness_changed"]).count() == 2
    kinds = set(Notice.objects.filter(user=classroom.trainee).values_list("kind", flat=True))
    assert {"assignments.extended", "grading.late_percent_changed"} <= kinds


@pytest.mark.django_db
def test_a_withdrawn_extension_leaves_what_was_handed_in(classroom: Classroom) -> None:
    given = {"assignment": classroom.assignment, "user": classroom.trainee, "by": classroom.instructor, "at": NOW}
    grant_extension(**given, due_at=DUE + 5 * DAY, extra_attempts=0, reason="病假")  # type: ignore[arg-type]
    classroom.submit(at=DUE + DAY)
    grade(DUE + DAY)

    withdraw_extension(**given, reason="误批")  # type: ignore[arg-type]

    assert ruling(classroom.assignment, classroom.trainee, at=DUE + HOUR).state == "closed"
    assert Grade.objects.current().get().counted_score == 600


@pytest.mark.django_db
def test_extensions_that_say_nothing_are_refused(classroom: Classroom, outsider: object) -> None:
    given = {"assignment": classroom.assignment, "reason": "x", "by": classroom.instructor, "at": NOW}
    for user, due_at, extra, code in (
        (classroom.trainee, None, 0, "nothing"),
        (classroom.trainee, DUE, 0, "earlier"),
        (outsider, None, 1, "not_enrolled"),
    ):
        with pytest.raises(ExtensionRefused) as refused:
            grant_extension(**given, user=user, due_at=due_at, extra_attempts=extra)  # type: ignore[arg-type]
        assert refused.value.code == code


@pytest.mark.django_db
def test_stricter_terms_take_nothing_from_graded_work(classroom: Classroom) -> None:
    classroom.submit()
    grade(NOW)

    change(classroom, due_at=NOW - HOUR)

    assert Grade.objects.get().late_percent is None


@pytest.mark.django_db
def test_average_and_last_decide_about_the_requirement(classroom: Classroom) -> None:
    from courses.learning.models import RequirementMet

    change(classroom, attempts_policy="average")
    for minute, score in ((0, 0), (2, 6)):
        classroom.submit(at=NOW + timedelta(minutes=minute))
        grade(NOW + timedelta(minutes=minute), score=score, verdict="passed" if score else "failed")
    averaged = RequirementMet.objects.count()
    change(classroom, attempts_policy="last")

    evidence = RequirementMet.objects.get().evidence
    assert averaged == 0
    assert (evidence["policy"], evidence["score"], evidence["max_score"]) == ("last", 600, 1000)


def test_an_attempt_that_waits_for_marks_shows_its_points_and_never_counts_before() -> None:
    attempts = [
        AttemptResult(1, 800, 10000, True),
        AttemptResult(2, 8000, 10000, False),
        AttemptResult(3, None, 0, False),
    ]

    shown, counted = so_far("best", attempts), effective("best", attempts)

    assert shown is not None
    assert counted is not None
    assert (shown.score, shown.attempt, shown.is_final) == (8000, 2, False)
    assert shown.reaches(60)
    assert not shown.has_passed(60)
    assert (counted.score, counted.attempt) == (800, 1)


@pytest.mark.parametrize("policy", ["last", "average"])
def test_other_policies_show_what_counts(policy: str) -> None:
    attempts = [AttemptResult(1, 800, 10000, True), AttemptResult(2, 8000, 10000, False)]

    assert so_far(policy, attempts) == effective(policy, attempts)
