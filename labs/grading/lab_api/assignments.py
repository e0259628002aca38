"""Assignments, submissions and checks as a Lab sees them."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone

from labs.assignments.models import LabAssignment, lab_path
from labs.assignments.queries import access_assignments_for
from labs.grader.protocol import Verdict
from labs.grading.actions import receive_check, receive_submission
from labs.grading.models import Submission
from labs.grading.queries import access_submissions_for, counted_results, standing, state_for, states_for
from labs.grading.standings import AssignmentState, as_points
from labs.grading.variants import files_for
from portal.users.models import User

from .archives import pack
from .frame import ApiError, answer, api, body_of


@api("GET")
def assignment_list(request: HttpRequest, user: User) -> HttpResponse:
    """Every assignment of the caller."""
    states = states_for(user, access_assignments_for(user), timezone.now())
    return answer({"assignments": [state_document(state) for state in states]})


@api("GET")
def assignment_state(request: HttpRequest, user: User, assignment_uuid: uuid.UUID) -> HttpResponse:
    """One assignment of the caller."""
    state = state_for(user, assignment_uuid, timezone.now())
    if state is None:
        raise ApiError("not_found")
    return answer(state_document(state))


@api("GET")
def files(request: HttpRequest, user: User, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Show the files of the assignment's release."""
    assignment = own_assignment(user, assignment_uuid)
    if (at := timezone.now()) < assignment.opens_at:
        raise ApiError("forbidden", "实训尚未开放。", "This lab has not opened yet.")
    response = HttpResponse(pack(files_for(assignment, user, at=at)), content_type="application/zip")
    response["X-Release"] = str(assignment.release.uuid)
    return response


@api("POST")
def submissions(request: HttpRequest, user: User, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Take a notebook as the next attempt."""
    at = timezone.now()
    submission = receive_submission(
        assignment=own_assignment(user, assignment_uuid),
        user=user,
        content=body_of(request),
        idempotency_key=idempotency_key_of(request),
        at=at,
    )
    return answer(receipt_document(submission), status=201)


@api("POST")
def checks(request: HttpRequest, user: User, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Run the visible tests on a notebook."""
    at = timezone.now()
    check = receive_check(assignment=own_assignment(user, assignment_uuid), user=user, content=body_of(request), at=at)
    return answer({"uuid": str(check.uuid)}, status=201)


@api("GET")
def status(request: HttpRequest, user: User, submission_uuid: uuid.UUID) -> HttpResponse:
    """Show where a submission or check stands, in at most 300 bytes; 304 when the caller knows."""
    response = answer(standing(own_submission(user, submission_uuid)).as_json())
    return with_etag(request, response)


@api("GET")
def submission(request: HttpRequest, user: User, submission_uuid: uuid.UUID) -> HttpResponse:
    """Receipt, standing and results by question."""
    found = own_submission(user, submission_uuid)
    questions = [
        {
            "id": each.result.question.grade_id,
            "title": each.result.question.title,
            "verdict": Verdict.MANUAL if each.result.verdict == Verdict.MANUAL else each.verdict,
            "score": as_points(each.score),
            "max_score": as_points(each.result.max_score),
            "message": each.message,
        }
        for each in counted_results(found)
    ]
    return answer({**standing(found).as_json(), **receipt_document(found), "questions": questions})


def with_etag(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Show the response with a tag over its bytes, or 304 when the caller has them."""
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response


def own_assignment(user: User, assignment_uuid: uuid.UUID) -> LabAssignment:
    """Return an assignment of a run in which the user has a place. Raises ApiError."""
    found = access_assignments_for(user).filter(uuid=assignment_uuid).first()
    if found is None:
        raise ApiError("not_found")
    return found


def own_submission(user: User, submission_uuid: uuid.UUID) -> Submission:
    """Return the user's own submission or check; another's is as unknown as none. Raises ApiError."""
    found = access_submissions_for(user).filter(uuid=submission_uuid).first()
    if found is None:
        raise ApiError("not_found")
    return found


def idempotency_key_of(request: HttpRequest) -> str:
    """Return the caller's name for this attempt to submit. Raises ApiError."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 64 or not key.isascii() or not (key.isprintable() or not key):
        raise ApiError(
            "bad_key", "Idempotency-Key 至多 64 个可见字符。", "Idempotency-Key: at most 64 printable characters."
        )
    return key


def receipt_document(submission: Submission) -> dict[str, Any]:
    """Return what proves that the bytes were taken."""
    return {
        "uuid": str(submission.uuid),
        "receipt": submission.receipt,
        "sha256": submission.sha256,
        "received_at": submission.received_at.isoformat(),
        "attempt": submission.attempt,
    }


def state_document(state: AssignmentState) -> dict[str, Any]:
    """Return an assignment as the Lab bar shows it."""
    assignment = state.assignment
    folder = f"{assignment.run.code}/{assignment.lab.code}"
    return {
        "uuid": str(assignment.uuid),
        "run": assignment.run.code,
        "lab": assignment.lab.code,
        "title": assignment.lab.title,
        "title_en": assignment.lab.title_en,
        "notebook": f"{folder}/{assignment.lab.code}.ipynb",
        "state": state.state,
        "opens_at": state.ruling.opens_at.isoformat(),
        "due_at": state.ruling.due_at.isoformat(),
        "closes_at": state.ruling.closes_at.isoformat(),
        "late_percent": state.ruling.late_percent,
        "attempts_policy": state.ruling.attempts_policy,
        "counted": _counted(state),
        "reason": _reason(state),
        "now": state.now.isoformat(),
        "attempts_used": state.attempts_used,
        "attempts_max": state.ruling.attempts_max,
        "release": str(assignment.release.uuid),
        "portal_url": settings.PORTAL_URL + lab_path(assignment.uuid),
        "latest": state.latest.as_json() if state.latest else None,
    }


def _counted(state: AssignmentState) -> dict[str, Any] | None:
    """Return the grade that counts by the attempts policy and after lateness."""
    if state.counted is None:
        return None
    return {
        "score": as_points(state.counted.score),
        "max_score": as_points(state.counted.max_score),
        "passed": state.has_passed,
    }


def _reason(state: AssignmentState) -> dict[str, str] | None:
    """Return why the lab is at rest, in both languages."""
    frozen = state.ruling.frozen
    if state.state != "frozen" or frozen is None:
        return None
    return {"message": frozen.message, "message_en": frozen.message_en}
