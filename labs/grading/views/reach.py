"""Rows of the desk within the reader's reach; another's are unknown."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import Http404, HttpRequest
from django.utils import timezone

from courses.catalog.models import CourseRun
from courses.catalog.queries import access_runs_for
from labs.assignments.models import LabAssignment, LabQuestion
from labs.assignments.permissions import labs_in_reach
from labs.assignments.queries import access_taught_assignments_for
from labs.grading.models import Submission
from labs.grading.queries import access_taught_submissions_for
from portal.users.models import User


def reader_of(request: HttpRequest) -> User:
    """Return the person who asks, behind `role_required`."""
    return cast(User, request.user)


def taught_submission(request: HttpRequest, submission_uuid: uuid.UUID) -> Submission:
    """Return a submission of a run that the reader teaches."""
    found = access_taught_submissions_for(reader_of(request), timezone.localdate()).filter(uuid=submission_uuid)
    submission = found.select_related("user", "assignment__lab", "assignment__run__course", "release").first()
    if submission is None:
        raise Http404
    return submission


def taught_assignment(request: HttpRequest, assignment_uuid: uuid.UUID) -> LabAssignment:
    """Return an assignment of a run that the reader teaches."""
    found = access_taught_assignments_for(reader_of(request), timezone.localdate()).filter(uuid=assignment_uuid)
    assignment = found.first()
    if assignment is None:
        raise Http404
    return assignment


def taught_run(request: HttpRequest, code: str) -> CourseRun:
    """Return a run that the reader teaches."""
    run = access_runs_for(reader_of(request), timezone.localdate()).filter(code=code).select_related("course").first()
    if run is None:
        raise Http404
    return run


def known_question(request: HttpRequest, question_id: int) -> LabQuestion:
    """Return a question of a lab that the reader authors, or teaches a run with."""
    user, on = reader_of(request), timezone.localdate()
    runs = access_runs_for(user, on).values("pk")
    questions = LabQuestion.objects.select_related("release__lab__course").filter(pk=question_id)
    question = questions.first()
    if question is None:
        raise Http404
    lab = question.release.lab
    is_taught = LabAssignment.objects.filter(lab=lab, run__in=runs).exists()
    if not is_taught and not type(lab)._default_manager.filter(labs_in_reach(user, on), pk=lab.pk).exists():
        raise Http404
    return question
