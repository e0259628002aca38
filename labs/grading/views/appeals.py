"""Appeals: a trainee objects to a question's result, an instructor answers."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from labs.assignments.permissions import TEACHING_ROLES
from labs.grading.actions import AppealRefused, answer_appeal, open_appeal
from labs.grading.appeals import access_appeals_for, open_to_appeal, waiting
from labs.grading.forms import AnswerForm, AppealForm
from labs.grading.models import Appeal, Grade, Submission
from labs.grading.permissions import is_own_work
from labs.grading.queries import access_submissions_for, counted_results
from labs.grading.standings import as_points
from portal.users.permissions import role_required, signed_in

PAGE_SIZE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_appeal(request: HttpRequest, submission_uuid: uuid.UUID) -> HttpResponse:
    """Let a trainee object to the result of one question of an own submission."""
    user = signed_in(request)
    own = access_submissions_for(user).filter(uuid=submission_uuid, purpose="submit")
    submission = own.select_related("assignment__lab", "assignment__run").first()
    if submission is None:
        raise Http404
    grade = Grade.objects.current().filter(submission=submission).first()
    questions = open_to_appeal(submission, grade)
    form = AppealForm(request.POST or None, questions=questions, initial={"question": request.GET.get("question")})
    if request.method == "POST" and form.is_valid():
        chosen = next(each for each in questions if str(each.pk) == form.cleaned_data["question"])
        text = form.cleaned_data["text"]
        try:
            open_appeal(submission=submission, question=chosen, text=text, by=user, at=timezone.now())
        except AppealRefused as refusal:
            form.add_error(None, _refusal(refusal.code))
        else:
            messages.success(request, _("Your appeal is before the instructor; the answer appears here."))
            return redirect("grading:lab", submission.assignment.uuid)
    context = {"submission": submission, "form": form, "has_questions": bool(questions)}
    return render(request, "grading/new_appeal.html", context, status=400 if form.errors else 200)


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def appeals(request: HttpRequest) -> HttpResponse:
    """List appeals in the runs that the reader teaches; those that wait for an answer first."""
    found = access_appeals_for(signed_in(request), timezone.localdate())
    is_waiting = request.GET.get("state", "waiting") == "waiting"
    page = Paginator(waiting(found) if is_waiting else found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "grading/appeals.html", {"page_obj": page, "is_waiting": is_waiting})


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, appeal_uuid: uuid.UUID) -> HttpResponse:
    """Show an appeal beside the question's result, and take its answer."""
    user = signed_in(request)
    found = access_appeals_for(user, timezone.localdate()).filter(uuid=appeal_uuid).first()
    if found is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _answer(request, found, form):
        return redirect("grading:appeals")
    context = {"appeal": found, "form": form, "line": _line(found), "is_own": is_own_work(user, found.submission)}
    return render(request, "grading/appeal.html", context, status=400 if form.errors else 200)


def _answer(request: HttpRequest, found: Appeal, form: AnswerForm) -> bool:
    asked = form.cleaned_data
    try:
        answer_appeal(
            appeal=found, is_accepted=asked["decision"] == "accept", text=asked["text"], score=form.hundredths(),
            by=signed_in(request), at=timezone.now(),
        )  # fmt: skip
    except AppealRefused as refusal:
        form.add_error("score" if refusal.code in ("range", "second") else None, _refusal(refusal.code))
        return False
    except PermissionDenied:
        form.add_error(None, _("This is your own submission; another instructor answers."))
        return False
    messages.success(request, _("The trainee has your answer."))
    return True


def _line(found: Appeal) -> dict[str, object] | None:
    submission: Submission = found.submission
    for each in counted_results(submission):
        if each.result.question.grade_id == found.question.grade_id:
            points, most = as_points(each.score), as_points(each.result.max_score)
            return {"score": points, "max_score": most, "message": each.message}
    return None


def _refusal(code: str) -> str:
    reasons = {
        "not_graded": _("This attempt is not graded yet."),
        "over": _("The time for appeals about this result is over."),
        "already": _("You have objected to this question already."),
        "answered": _("This appeal has its answer already."),
        "second": _(
            "The course leads to a certificate: points for a question that tests judge need a second instructor. Leave "
            "the points empty here and propose an adjustment on the page of the submission."
        ),
        "range": _("Not fewer points than now, and not more than the question has."),
    }
    return reasons.get(code, _("This question is not part of the result."))
