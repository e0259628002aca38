"""Grading everybody again: a proposal, approval before anything falls, certified results never silently lower."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.certification.actions import award_for_completion
from courses.certification.models import Certification
from courses.learning.actions import enroll
from courses.learning.models import CourseCompletion
from labs.assignments.actions import publish_release
from labs.assignments.models import LabRelease
from labs.grading.actions import (
    Approval,
    RegradeRefused,
    approve_regrade,
    discard_regrade,
    mark_question,
    receive_submission,
    record_result,
    regrading,
    request_regrade,
    start_regrade,
)
from labs.grading.models import Decision, Grade, GradingRun, RegradeBatch, Submission
from labs.grading.queries import standing
from labs.grading.regrades import changes_of, progress_of
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import NOW, SOURCE, Classroom, SteadyGrader, pass_check, result, solved
from tests.graders import encode, with_answers

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def grade_next(at: datetime = NOW, **found: Any) -> Grade | None:
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=at, lease=timedelta(seconds=30))
    assert run is not None
    return record_result(run=run, result=result(**{"manual": "failed", **found}), at=at)


def mended(classroom: Classroom) -> LabRelease:
    """Return a second release of the lab with a mended test."""
    source = encode(with_answers(SOURCE, q1="assert total in (3, 3.0)"))
    release = publish_release(
        lab=classroom.lab, source=source, files={}, versions=[], grader=SteadyGrader(), by=classroom.instructor, at=NOW
    )
    pass_check(release)
    return release


@pytest.fixture
def three(classroom: Classroom, outsider: User) -> list[Submission]:
    """Return attempts with 600, 0 and 300 points."""
    enroll(user=outsider, run=classroom.run, by=outsider, at=NOW)
    given = [(classroom.trainee, 6), (classroom.trainee, 0), (outsider, 3)]
    found = []
    for minute, (user, score) in enumerate(given):
        at = NOW + timedelta(minutes=minute)
        found.append(receive_submission(assignment=classroom.assignment, user=user, content=solved(), at=at))
        grade_next(at, score=score, verdict="passed")
    return found


def regrade(classroom: Classroom, *scores: float, finish: bool = True) -> RegradeBatch:
    batch = start_regrade(
        assignment=classroom.assignment, release=mended(classroom), reason="第 1 题测试有误",
        by=classroom.instructor, at=LATER,
    )  # fmt: skip
    for score in scores:
        assert grade_next(LATER, score=score, verdict="passed") is None
    return batch


def current(submission: Submission) -> Grade:
    return Grade.objects.current().get(submission=submission)


def certify(classroom: Classroom) -> None:
    completion = CourseCompletion.objects.get(enrollment=classroom.place)
    certification = Certification.objects.create(
        code="CSSJ", name="证书", course=classroom.course, issuer="中心", validity_months=36
    )
    award_for_completion(certification=certification, completion=completion, at=NOW)


def test_results_are_a_proposal_until_somebody_decides(classroom: Classroom, three: list[Submission]) -> None:
    batch = regrade(classroom, 0, 6, 3)

    assert [current(each).score for each in three] == [600, 0, 300]
    assert [standing(each).score for each in three] == [600, 0, 300]
    changes = {change.item.submission_id: change.direction for change in changes_of(batch)}
    assert [changes[each.pk] for each in three] == ["down", "up", "same"]
    assert [change.direction for change in changes_of(batch)] == ["down", "up", "same"]
    classroom.assignment.refresh_from_db()
    assert classroom.assignment.release == batch.release
    assert set(GradingRun.objects.filter(cause="regrade").values_list("release", flat=True)) == {batch.release_id}


def test_an_approval_that_was_cut_short_is_finished_by_the_next(
    classroom: Classroom, three: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = regrade(classroom, 0, 6, 3)
    told = regrading.store_grade

    def die(**given: Any) -> Grade:
        if given["submission"].pk == three[1].pk:
            raise KeyboardInterrupt
        return told(**given)

    monkeypatch.setattr(regrading, "store_grade", die)
    with pytest.raises(KeyboardInterrupt):
        approve_regrade(batch=batch, approval=Approval(lowers=True), by=classroom.instructor, at=LATER)
    monkeypatch.setattr(regrading, "store_grade", told)
    between = [current(each).score for each in three]
    approve_regrade(batch=batch, approval=Approval(lowers=True), by=classroom.instructor, at=LATER)

    assert between == [0, 0, 300]
    assert [current(each).score for each in three] == [0, 600, 300]
    assert Grade.objects.filter(submission=three[0]).count() == 2
    assert AuditEvent.objects.get(event="grading.regrade_approved").details["results"] == {"applied": 2, "same": 1}


def test_approval_raises_but_lowers_only_when_told(classroom: Classroom, three: list[Submission]) -> None:
    batch = regrade(classroom, 0, 6, 3)
    Notice.objects.all().delete()

    approve_regrade(batch=batch, approval=Approval(), by=classroom.instructor, at=LATER)

    assert [current(each).score for each in three] == [600, 600, 300]
    assert current(three[1]).reason == "regrade: 第 1 题测试有误"
    assert current(three[1]).supersedes is not None and current(three[1]).graded_by == classroom.instructor
    assert list(batch.items.order_by("pk").values_list("decision", flat=True)) == ["kept", "applied", "same"]
    assert [(each.user, each.kind) for each in Notice.objects.all()] == [(classroom.trainee, "grading.regraded")]
    assert AuditEvent.objects.get(event="grading.regrade_approved").details["results"] == {
        "kept": 1, "applied": 1, "same": 1,
    }  # fmt: skip
    with pytest.raises(RegradeRefused):
        approve_regrade(batch=batch, approval=Approval(lowers=True), by=classroom.instructor, at=LATER)


def test_lower_results_apply_with_explicit_approval(classroom: Classroom, three: list[Submission]) -> None:
    batch = regrade(classroom, 0, 0, 1)

    approve_regrade(batch=batch, approval=Approval(lowers=True), by=classroom.instructor, at=LATER)

    assert [current(each).score for each in three] == [0, 0, 100]


def test_a_certified_result_is_not_lowered_without_a_second_yes(classroom: Classroom, three: list[Submission]) -> None:
    certify(classroom)
    batch = regrade(classroom, 0, 0, 0)

    with pytest.raises(RegradeRefused):
        approval = Approval(lowers=True, lowers_certified=True)
        approve_regrade(batch=batch, approval=approval, by=classroom.instructor, at=LATER)
    approve_regrade(batch=batch, approval=Approval(lowers=True), by=classroom.instructor, at=LATER)

    assert [current(each).score for each in three] == [600, 0, 0]
    assert batch.items.get(submission=three[0]).decision == Decision.KEPT_CERTIFIED


def test_a_certified_result_falls_with_note_and_audit(classroom: Classroom, three: list[Submission]) -> None:
    certify(classroom)
    batch = regrade(classroom, 0, 0, 0)

    approval = Approval(lowers=True, lowers_certified=True, note="数据泄题，全班重评")
    approve_regrade(batch=batch, approval=approval, by=classroom.instructor, at=LATER)

    assert current(three[0]).score == 0
    event = AuditEvent.objects.get(event="grading.certified_regraded")
    assert event.details["note"] == "数据泄题，全班重评" and event.target_uuid == three[0].uuid
    assert CourseCompletion.objects.count() == 1


def test_a_discarded_regrade_changes_nothing_and_leaves_the_queue(
    classroom: Classroom, three: list[Submission]
) -> None:
    batch = regrade(classroom, 0)

    with pytest.raises(RegradeRefused) as refused:
        approve_regrade(batch=batch, approval=Approval(), by=classroom.instructor, at=LATER)
    discard_regrade(batch=batch, by=classroom.instructor, at=LATER)

    assert refused.value.code == "unfinished"
    assert [current(each).score for each in three] == [600, 0, 300]
    assert take(GradingRun.objects.all(), worker="w:1", at=LATER, lease=timedelta(seconds=9)) is None
    assert set(batch.items.values_list("decision", flat=True)) == {"discarded"}


def test_marks_outlive_a_new_release(classroom: Classroom) -> None:
    submission = classroom.submit()
    grade_next(manual="manual")
    question = classroom.release.questions.get(grade_id="q2")
    mark_question(submission=submission, question=question, score=400, comment="好", by=classroom.instructor, at=NOW)
    batch = start_regrade(
        assignment=classroom.assignment, release=mended(classroom), reason="x", by=classroom.instructor, at=LATER
    )
    grade_next(LATER, score=5, manual="manual")

    change = changes_of(batch)[0]
    assert change.after is not None and (change.after.score, change.after.is_complete) == (900, True)
    approve_regrade(batch=batch, approval=Approval(lowers=True), by=classroom.instructor, at=LATER)
    assert (current(submission).score, current(submission).is_complete) == (900, True)


def test_a_single_regrade_that_is_lower_waits_for_a_person(classroom: Classroom, three: list[Submission]) -> None:
    request_regrade(submission=three[0], by=classroom.instructor, at=LATER)
    assert grade_next(LATER, score=1, verdict="partial") is None

    batch = RegradeBatch.objects.get()
    assert current(three[0]).score == 600
    notice = Notice.objects.get(user=classroom.instructor, kind="grading.regrade_waits")
    assert notice.url == reverse("grading:regrade_batch", args=[batch.uuid])
    approve_regrade(batch=batch, approval=Approval(lowers=True), by=classroom.instructor, at=LATER)
    assert current(three[0]).score == 100


def test_a_single_regrade_that_is_higher_counts_at_once(classroom: Classroom, three: list[Submission]) -> None:
    request_regrade(submission=three[1], by=classroom.instructor, at=LATER)

    found = grade_next(LATER, score=6, verdict="passed")

    assert found is not None and found.graded_by == classroom.instructor and current(three[1]) == found
    assert not RegradeBatch.objects.exists()


def test_nobody_else_regrades_and_nobody_approves_own_work(
    classroom: Classroom, three: list[Submission], outsider: User
) -> None:
    batch = regrade(classroom, 6, 6, 6)
    classroom.world.grant(outsider, "instructor", "run", classroom.run.uuid)

    with pytest.raises(PermissionDenied):
        approve_regrade(batch=batch, approval=Approval(), by=classroom.trainee, at=LATER)
    with pytest.raises(PermissionDenied):
        approve_regrade(batch=batch, approval=Approval(), by=outsider, at=LATER)


def test_pages_start_show_and_decide(
    classroom: Classroom, three: list[Submission], client: Client, django_assert_max_num_queries: Any
) -> None:
    sign_in(client, classroom.instructor)
    release = mended(classroom)
    started = client.post(
        reverse("grading:new_regrade", args=[classroom.assignment.uuid]), {"release": release.pk, "reason": "测试有误"}
    )
    batch = RegradeBatch.objects.get()
    address = reverse("grading:regrade_batch", args=[batch.uuid])
    waiting = client.get(address).content.decode()
    for score in (0, 6, 3):
        grade_next(timezone.now(), score=score, verdict="passed")
    with django_assert_max_num_queries(36):
        shown = client.get(address).content.decode()
    refused = client.post(reverse("grading:approve_regrade", args=[batch.uuid]), {"lowers_certified": "on"})
    approved = client.post(reverse("grading:approve_regrade", args=[batch.uuid]), {})

    assert started.url == address  # type: ignore[attr-defined]
    assert "0 / 3" in waiting and 'data-waiting="yes"' in waiting
    assert 'data-waiting=""' in shown and str(three[0].receipt) in shown
    assert (refused.status_code, approved.status_code) == (400, 302)
    assert current(three[1]).score == 600
    assert progress_of(batch).percent == 100
    assert client.get(reverse("grading:regrades")).status_code == 200
    discard = reverse("grading:discard_regrade", args=[batch.uuid])
    assert "button-danger" in client.post(discard).content.decode()
    assert client.post(discard, {"confirmed": "yes"}).status_code == 302
    assert RegradeBatch.objects.get().decision == "approved"


def sign_in(client: Client, user: User) -> None:
    """Staff have a second factor."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
