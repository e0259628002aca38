"""An instructor's submissions: the list, one of them, marks."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.catalog.queries import access_runs_for
from labs.assignments.permissions import TEACHING_ROLES
from labs.assignments.storing import read_stored
from labs.grading.actions import MarkRefused, mark_question, request_regrade
from labs.grading.answers import answer_in
from labs.grading.forms import MarkForm, SubmissionFilter
from labs.grading.models import ManualMark, QuestionResult, Submission
from labs.grading.queries import access_taught_submissions_for, in_state, marks_of, results_of, standing, with_history
from labs.grading.standings import as_points
from labs.grading.wording import submission_tag
from portal.users.models import User
from portal.users.permissions import role_required

from .trainee import attempt_lines, question_lines

PAGE_SIZE = 50


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def submissions(request: HttpRequest) -> HttpResponse:
    """Submissions in the runs that the reader teaches, newest first."""
    form = SubmissionFilter(request.GET, access_runs_for(_reader(request), timezone.localdate()))
    asked = form.cleaned_data if form.is_valid() else {}
    found = access_taught_submissions_for(_reader(request), timezone.localdate())
    for name, lookup in (("run", "assignment__run__code"), ("lab", "assignment__lab__code")):
        if asked.get(name):
            found = found.filter(**{lookup: asked[name]})
    found = in_state(found, asked.get("state", "")).order_by("-received_at", "-pk")
    rows = with_history(found.select_related("user", "assignment__lab", "assignment__run"))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = attempt_lines(list(page.object_list))
    query = urlencode({name: str(value) for name, value in request.GET.items() if value and name != "page"})
    context = {"form": form, "page_obj": page, "lines": lines, "query": query}
    return render(request, "grading/submissions.html", context)


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def submission(request: HttpRequest, submission_uuid: uuid.UUID) -> HttpResponse:
    """One submission: results, manual answers, marks."""
    found = _taught(request, submission_uuid)
    return _page(request, found, None, None)


@role_required(*TEACHING_ROLES)
@require_POST
def mark(request: HttpRequest, submission_uuid: uuid.UUID, question_id: int) -> HttpResponse:
    """Give a manual question its points."""
    found = _taught(request, submission_uuid)
    result = next((each for each in results_of(found) if each.question_id == question_id), None)
    if result is None:
        raise Http404
    form = MarkForm(request.POST, prefix=str(question_id))
    if not form.is_valid():
        return _page(request, found, question_id, form)
    try:
        mark_question(
            submission=found, question=result.question, score=form.hundredths(), comment=form.cleaned_data["comment"],
            by=_reader(request), at=timezone.now(),
        )  # fmt: skip
    except MarkRefused as refusal:
        reasons = {
            "range": _("Between 0 and %(points)s points.") % {"points": as_points(result.max_score)},
            "not_graded": _("Wait until the tests have been graded, then mark."),
        }
        form.add_error("score", reasons.get(refusal.code, _("This question is not marked by a person.")))
        return _page(request, found, question_id, form)
    messages.info(request, _("Your mark is recorded; the trainee sees it now."))
    return redirect("grading:submission", found.uuid)


@role_required(*TEACHING_ROLES)
@require_POST
def regrade(request: HttpRequest, submission_uuid: uuid.UUID) -> HttpResponse:
    """Grade a submission once more."""
    found = _taught(request, submission_uuid)
    request_regrade(submission=found, by=_reader(request), at=timezone.now())
    messages.info(request, _("The submission waits to be graded again."))
    return redirect("grading:submission", found.uuid)


def _page(request: HttpRequest, found: Submission, question_id: int | None, form: MarkForm | None) -> HttpResponse:
    state = standing(found)
    is_own = found.user_id == request.user.pk
    manual = [result for result in results_of(found) if result.verdict == "manual"]
    content = read_stored("submissions", found.path) if manual else b""
    marks = marks_of(found)
    context = {
        "submission": found,
        "standing": state,
        "tag": submission_tag(state),
        "questions": question_lines(found),
        "manual": [
            {
                "result": result,
                "answer": answer_in(content, result.question.grade_id),
                "mark": marks.get(result.question_id),
                "form": form if form is not None and result.question_id == question_id else _mark_form(result, marks),
            }
            for result in manual
        ],
        "is_own": is_own,
        "runs": found.runs.order_by("-pk"),
    }
    return render(request, "grading/submission.html", context, status=400 if form is not None else 200)


def _mark_form(result: QuestionResult, marks: dict[int, ManualMark]) -> MarkForm:
    mark = marks.get(result.question_id)
    initial = {"score": as_points(mark.score), "comment": mark.comment} if mark else {}
    return MarkForm(initial=initial, prefix=str(result.question_id))


def _taught(request: HttpRequest, submission_uuid: uuid.UUID) -> Submission:
    found = access_taught_submissions_for(_reader(request), timezone.localdate()).filter(uuid=submission_uuid)
    submission = found.select_related("user", "assignment__lab", "assignment__run", "release").first()
    if submission is None:
        raise Http404
    return submission


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)
