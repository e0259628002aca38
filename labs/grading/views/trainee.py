"""A trainee's page of a lab and what it polls."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.learning.finishing import Finish, finish_of
from courses.learning.models import EnrollmentStatus
from courses.learning.queries import active_enrollment
from labs.assignments.storing import read_stored
from labs.grader.protocol import Verdict
from labs.grading.appeals import appeal_problem, appeals_until, open_to_appeal, own_appeals
from labs.grading.leaving import held_at
from labs.grading.models import Feedback, Submission
from labs.grading.queries import (
    access_submissions_for,
    access_taught_submissions_for,
    attempts_of,
    counted_results,
    current_grade_of,
    late_percent_in,
    recent_checks,
    standings,
    state_for,
)
from labs.grading.queries.feedback import feedback_of
from labs.grading.standings import AssignmentState, SubmissionStanding
from labs.grading.wording import (
    Tag,
    check_line,
    check_tag,
    look_of,
    standing_tag,
    submission_tag,
    verdict_tag,
    waiting_line,
)
from labs.hub.queries import hub_is_up
from portal.pages.queries import spoken_language
from portal.users.permissions import signed_in


@dataclass(frozen=True)
class QuestionLine:
    """A question's result as a page shows it; `score` None while a person's mark is missing."""

    title: str
    verdict: str
    look: str
    tag: Tag
    score: int | None
    max_score: int
    message: str


@dataclass(frozen=True)
class AttemptLine:
    """An attempt in the history."""

    submission: Submission
    standing: SubmissionStanding
    tag: Tag
    late_percent: int = 0


def attempt_lines(submissions: Sequence[Submission]) -> list[AttemptLine]:
    """Lines of submissions that were read `with_history`."""
    found = zip(submissions, standings(submissions), strict=True)
    return [
        AttemptLine(submission, state, submission_tag(state), late_percent_in(submission))
        for submission, state in found
    ]


@dataclass(frozen=True)
class CheckLine:
    """A Check of the last day: what has become of it, in a sentence."""

    submission: Submission
    tag: Tag
    line: str


def check_lines(checks: Sequence[Submission]) -> list[CheckLine]:
    """Lines of Checks that were read `with_history`."""
    found = zip(checks, standings(checks), strict=True)
    return [CheckLine(check, check_tag(state), check_line(state)) for check, state in found]


def question_lines(submission: Submission) -> list[QuestionLine]:
    """Results by question, with current marks in place of missing points and the instructor's comments."""
    words = feedback_of(submission)
    return [
        QuestionLine(
            title=each.result.question.title,
            verdict=each.verdict,
            look=look_of(each.verdict),
            tag=verdict_tag(each),
            score=each.score,
            max_score=each.result.max_score,
            message=_with_comment(each.message, words.get(each.result.question.grade_id)),
        )
        for each in counted_results(submission)
    ]


def _with_comment(message: str, comment: Feedback | None) -> str:
    if comment is None:
        return message
    said = _("%(name)s: %(text)s") % {"name": comment.written_by.name, "text": comment.text}
    return f"{message}\n{said}".strip()


@login_required
@require_safe
@never_cache
def lab(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Show what the lab is, how to open it, the latest result and every attempt. Another's assignment is unknown."""
    state = _state(request, assignment_uuid)
    attempts = attempt_lines(attempts_of(request.user, [state.assignment])[state.assignment.pk])
    asked = request.GET.get("attempt", "")
    latest = next(
        (line for line in attempts if str(line.submission.attempt) == asked), attempts[0] if attempts else None
    )
    questions = question_lines(latest.submission) if latest else []
    context = {
        "state": state,
        "assignment": state.assignment,
        "lab": state.assignment.lab,
        "tag": standing_tag(state),
        "attempts": attempts,
        "latest": latest,
        "is_earlier": bool(latest) and latest is not attempts[0],
        "questions": questions,
        "to_come": [each.title for each in questions if each.verdict == Verdict.MANUAL and each.score is None],
        "waiting": waiting_line(latest.standing) if latest and latest.standing.is_waiting else "",
        "data": state.assignment.release.data.select_related("version__dataset").order_by("pk"),
        "status_tag": _status(state)[1],
        "open_url": f"{settings.HUB_URL}/hub/user-redirect/chengxue/open/{state.assignment.uuid}",
        "hub_is_up": hub_is_up(),
        "checks": check_lines(recent_checks(request.user, state.assignment, state.now)),
        "appeals": list(own_appeals(request.user, state.assignment)),
        "finish": _finish(request, state),
        **_appeal_window(latest.submission if latest else None),
    }
    return render(request, "grading/lab.html", context)


def _finish(request: HttpRequest, state: AssignmentState) -> Finish | None:
    """Return what the course brought, or what it still asks for, once this lab is passed."""
    place = active_enrollment(signed_in(request), state.assignment.run)
    if place is None or not (state.has_passed or place.status == EnrollmentStatus.COMPLETED):
        return None
    return finish_of(place, spoken_language(), state.now)


@login_required
@require_safe
def lab_status(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Show the standing of the latest attempt in at most 300 bytes, or 304 when the page knows it."""
    state = _state(request, assignment_uuid)
    body, tag = _status(state)
    is_known = request.headers.get("If-None-Match") == tag
    response = HttpResponseNotModified() if is_known else HttpResponse(body, content_type="application/json")
    response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
    return response


def _status(state: AssignmentState) -> tuple[str, str]:
    """Body and ETag of the latest attempt's standing; the page carries the tag it was made from."""
    document: dict[str, Any] = state.latest.as_json() if state.latest else {"status": "none"}
    body = json.dumps(document, separators=(",", ":"))
    return body, f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'


@login_required
@require_safe
@never_cache
def notebook(request: HttpRequest, submission_uuid: uuid.UUID) -> HttpResponse:
    """Show the submitted bytes as a file to take away, for their author and the run's
    instructors; never shown in place.

    To a trainee the notebook is a file from a lab like any other: what its cells printed passes the same gate.
    """
    own = access_submissions_for(request.user)
    taught = access_taught_submissions_for(request.user, timezone.localdate())  # type: ignore[arg-type]  # signed in
    found = own.filter(uuid=submission_uuid).first() or taught.filter(uuid=submission_uuid).first()
    if found is None:
        raise Http404
    name = f"{found.receipt or found.uuid}.ipynb"
    try:
        content = read_stored("submissions", found.path)
    except FileNotFoundError:
        raise Http404 from None  # a Check keeps its result and not its bytes
    teaches = taught.filter(pk=found.pk).exists()
    if not teaches and (page := held_at(signed_in(request), name, content, timezone.now())):
        text = _("This notebook shows data that may not leave the lab as it is. This page says what and how to ask.")
        messages.warning(request, text)
        return redirect(page)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _appeal_window(submission: Submission | None) -> dict[str, Any]:
    """Return whether the trainee may object to the latest result, and until when."""
    grade = current_grade_of(submission) if submission else None
    if submission is None or grade is None:
        return {"can_appeal": False}
    may = not appeal_problem(submission, grade, at=timezone.now()) and bool(open_to_appeal(submission, grade))
    return {"can_appeal": may, "appeals_until": appeals_until(submission.assignment, grade)}


def _state(request: HttpRequest, assignment_uuid: uuid.UUID) -> AssignmentState:
    state = state_for(request.user, assignment_uuid, timezone.now())
    if state is None:
        raise Http404
    return state
