"""More trainees for the classroom, each with a graded submission."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client

from courses.learning.actions import enroll
from labs.grading.actions import receive_submission, record_result
from labs.grading.models import GradingRun, Submission
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import NOW, Classroom, result, solved

BACKEND = "portal.users.backends.CaseInsensitiveBackend"


def sign_in(client: Client, user: User) -> Client:
    """Return a session of somebody with a second factor."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
    client.force_login(user, backend=BACKEND)
    return client


def trainee(classroom: Classroom, number: int) -> User:
    """One more person with a place in the run."""
    person = classroom.world.person(f"t{number:03d}", f"学员{number:03d}", classroom.world.department_a)
    classroom.world.grant(person, "learner", "region", classroom.world.county_a.uuid)
    enroll(user=person, run=classroom.run, by=person, at=NOW - timedelta(days=1))
    return person


def grade_next(at: datetime = NOW, **found: Any) -> None:
    """Give the grader's answer to the next run that waits."""
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=at, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(**found), at=at)


def submitted(
    classroom: Classroom, user: User, *, answer: str = "total = 3", at: datetime = NOW, text: str = "好", **found: Any
) -> Submission:
    """Return a graded submission of the user."""
    content = solved(answer, text)
    submission = receive_submission(assignment=classroom.assignment, user=user, content=content, at=at)
    grade_next(at, **found)
    return submission


def another_instructor(classroom: Classroom, name: str = "li.na") -> User:
    """One more instructor of the program."""
    person = classroom.world.person(name, "李娜", classroom.world.university)
    classroom.world.grant(person, "instructor", "program", classroom.program.uuid)
    return person
