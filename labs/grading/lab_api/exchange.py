"""nbgrader's exchange over HTTP: course is the run's code, assignment the lab's code."""

from __future__ import annotations

import html
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from courses.catalog.queries import access_runs_for
from labs.assignments.actions import ReleaseRefused, hand_out_source, publish_release
from labs.assignments.models import LabAssignment
from labs.assignments.queries import access_assignments_for
from labs.assignments.storing import StorageFull
from labs.datasets.models import DatasetVersion
from labs.grader.client import GraderAway, GraderSilent, GraderSocket
from labs.grading.actions import receive_submission
from labs.grading.models import Purpose, Submission
from labs.grading.queries import access_submissions_for, counted_results, standing, standings, with_history
from labs.grading.standings import SubmissionStanding, as_points
from labs.grading.variants import files_for
from portal.users.limits import count
from portal.users.models import User

from .archives import notebook_in, pack, unpack
from .assignments import idempotency_key_of, own_submission
from .frame import ApiError, answer, api, body_of

RELEASES_PER_MINUTE = 6


@api("GET")
def exchange_list(request: HttpRequest, user: User) -> HttpResponse:
    """Show assignments that are open to the caller, as nbgrader lists them."""
    found = access_assignments_for(user).filter(opens_at__lte=timezone.now())
    listed = [
        {"course_id": each.run.code, "assignment_id": each.lab.code, "notebooks": [each.lab.code]} for each in found
    ]
    return answer({"assignments": listed})


def is_about_source(request: HttpRequest) -> bool:
    """Return whether a request for a release is an author's."""
    return request.method == "PUT" or request.GET.get("kind") == "source"


@api("GET", "PUT", publishes=is_about_source)
def release_archive(request: HttpRequest, user: User, course: str, slug: str) -> HttpResponse:
    """Hand a trainee the release; take an instructor's source, or hand it back."""
    if request.method == "PUT":
        return _publish(request, user, course, slug)
    if is_about_source(request):
        return _source(user, course, slug)
    assignment = _assignment(user, course, slug)
    if (at := timezone.now()) < assignment.opens_at:
        raise ApiError("forbidden", "实训尚未开放。", "This lab has not opened yet.")
    response = HttpResponse(pack(files_for(assignment, user, at=at)), content_type="application/zip")
    response["X-Release"] = str(assignment.release.uuid)
    return response


@api("GET", "POST")
def exchange_submissions(request: HttpRequest, user: User, course: str, slug: str) -> HttpResponse:
    """List the caller's own submissions, or take one."""
    assignment = _assignment(user, course, slug)
    if request.method == "GET":
        own = (
            access_submissions_for(user).filter(assignment=assignment, purpose=Purpose.SUBMIT).order_by("attempt", "pk")
        )
        found = list(with_history(own))
        return answer({"submissions": [_listed(*each) for each in zip(found, standings(found), strict=True)]})
    at = timezone.now()
    notebook = notebook_in(unpack(body_of(request)), f"{slug}.ipynb")
    submission = receive_submission(
        assignment=assignment, user=user, content=notebook, idempotency_key=idempotency_key_of(request), at=at
    )
    document = {"id": submission.receipt, "uuid": str(submission.uuid), "timestamp": _timestamp(submission)}
    return answer({**document, "sha256": submission.sha256}, status=201)


@api("GET")
def feedback(request: HttpRequest, user: User, submission_uuid: uuid.UUID) -> HttpResponse:
    """Show a page of the caller's own feedback, made of structured results; every text is escaped."""
    submission = own_submission(user, submission_uuid)
    rows = "".join(
        f"<tr><td>{html.escape(each.result.question.title)}</td><td>{html.escape(each.verdict)}</td>"
        f"<td>{as_points(each.score or 0)} / {as_points(each.result.max_score)}</td>"
        f"<td>{html.escape(each.message)}</td></tr>"
        for each in counted_results(submission)
    )
    state = standing(submission)
    return HttpResponse(
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>评分结果</title>'
        f"<h1>{html.escape(submission.receipt or '')}</h1>"
        f"<p>{as_points(state.score)} / {as_points(state.max_score)}</p><table>{rows}</table></html>"
    )


def _assignment(user: User, course: str, slug: str) -> LabAssignment:
    found = access_assignments_for(user).filter(run__code=course, lab__code=slug).first()
    if found is None:
        raise ApiError("not_found")
    return found


def _source(user: User, course: str, slug: str) -> HttpResponse:
    release = _taught(user, course, slug).release
    files = hand_out_source(release=release, by=user, at=timezone.now())
    response = HttpResponse(pack(files), content_type="application/zip")
    response["X-Release"] = str(release.uuid)
    return response


def _taught(user: User, course: str, slug: str) -> LabAssignment:
    """Return an assignment in a run that the user teaches. Raises ApiError."""
    runs = access_runs_for(user, timezone.localdate())
    taught = LabAssignment.objects.filter(run__in=runs.values("pk"), run__code=course, lab__code=slug)
    assignment = taught.select_related("lab", "release__lab").first()
    if assignment is None:
        known = access_assignments_for(user).filter(run__code=course, lab__code=slug).exists()
        raise ApiError("forbidden" if known else "not_found")
    return assignment


def _publish(request: HttpRequest, user: User, course: str, slug: str) -> HttpResponse:
    assignment = _taught(user, course, slug)
    _require_calm(user)
    content = body_of(request)
    if request.GET.get("kind") != "source":
        # The trainee's version is made by the portal itself, from the source.
        return answer({"accepted": False})
    files = unpack(content)
    source = notebook_in(files, f"{slug}.ipynb")
    beside = {name: body for name, body in files.items() if not name.endswith(".ipynb")}
    versions = DatasetVersion.objects.filter(used_by__release=assignment.release).select_related("dataset")
    try:
        release = publish_release(
            lab=assignment.lab, source=source, files=beside, versions=versions,
            grader=GraderSocket.from_settings(), by=user, at=timezone.now(),
        )  # fmt: skip
    except ReleaseRefused as refusal:
        problems = [problem for problem in refusal.problems if problem.is_error]
        raise ApiError(
            "bad_source", "；".join(each.message for each in problems), " ".join(each.message_en for each in problems)
        ) from refusal
    except (GraderAway, GraderSilent) as problem:
        raise ApiError("grader_away") from problem
    except StorageFull as problem:
        raise ApiError("no_room") from problem
    return answer({"release": str(release.uuid), "number": release.number}, status=201)


def _require_calm(user: User) -> None:
    if not count(f"exchange-release:{user.pk}", RELEASES_PER_MINUTE, 60):
        raise ApiError("too_many")


def _listed(submission: Submission, state: SubmissionStanding) -> dict[str, Any]:
    return {
        "id": str(submission.uuid),
        "receipt": submission.receipt,
        "timestamp": _timestamp(submission),
        "sha256": submission.sha256,
        "status": state.status,
        "score": as_points(state.score),
        "max_score": as_points(state.max_score),
        "feedback": state.is_graded or state.needs_manual,
    }


def _timestamp(submission: Submission) -> str:
    return f"{submission.received_at:%Y-%m-%d %H:%M:%S.%f} UTC"
