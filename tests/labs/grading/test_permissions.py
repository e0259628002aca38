"""Who may mark: whoever teaches the run, and never one's own work, asked by every way of marking."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from labs.grading.actions.giving import keep_draft, see_flags
from labs.grading.models import FlagReview, GradingRun, MarkDraft, Submission
from labs.grading.permissions import is_own_work, others_work, require_marker, require_no_own_work
from portal.users.models import User
from tests.classroom import NOW, Classroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def helper(classroom: Classroom) -> User:
    """Let the trainee help to teach the run in which they learn, and return them."""
    classroom.world.grant(classroom.trainee, "instructor", "run", classroom.run.uuid)
    return classroom.trainee


def test_who_teaches_the_run_may_mark_and_nobody_else(classroom: Classroom, outsider: User) -> None:
    submission = classroom.submit()

    require_marker(classroom.instructor, submission, NOW.date())
    with pytest.raises(PermissionDenied):
        require_marker(outsider, submission, NOW.date())


def test_own_work_is_for_others(classroom: Classroom, helper: User) -> None:
    submission = classroom.submit()

    assert is_own_work(helper, submission)
    assert others_work(helper, [submission], NOW.date()) == []
    with pytest.raises(PermissionDenied):
        require_marker(helper, submission, NOW.date())
    with pytest.raises(PermissionDenied):
        require_no_own_work(helper, Submission.objects.all())


def test_one_submission_of_another_run_refuses_all(classroom: Classroom, outsider: User) -> None:
    submission = classroom.submit()
    require_no_own_work(outsider, Submission.objects.all())

    assert others_work(classroom.instructor, [submission], NOW.date()) == [submission]
    with pytest.raises(PermissionDenied):
        others_work(outsider, [submission], NOW.date())


def test_flags_and_drafts_are_marking_too(classroom: Classroom, helper: User, outsider: User) -> None:
    submission, question = classroom.submit(), classroom.release.questions.get(grade_id="q2")
    run = GradingRun.objects.get(submission=submission)

    for person in (helper, outsider):
        with pytest.raises(PermissionDenied):
            see_flags(run=run, by=person, at=NOW)
        with pytest.raises(PermissionDenied):
            keep_draft(submission=submission, question=question, by=person, at=NOW, comment="x")

    assert not FlagReview.objects.exists()
    assert not MarkDraft.objects.exists()
