"""One submission on the desk: the notebook in its frame, marks by rubric, drafts, earlier marks, who holds it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labs.assignments.permissions import TEACHING_ROLES
from labs.grading.actions import MarkRefused
from labs.grading.actions.giving import ByRubric, give_feedback, give_mark, keep_draft, restore_mark, see_flags
from labs.grading.actions.locks import hold_submission, let_go, take_over
from labs.grading.counting import current_marks
from labs.grading.forms.desk import FeedbackForm, RubricMarkForm
from labs.grading.models import GradingRun, ManualMark, QuestionResult, Submission
from labs.grading.permissions import is_own_work
from labs.grading.queries import results_of
from labs.grading.queries.library import comments_of
from labs.grading.queries.rubrics import criteria_of, current_rubric
from labs.grading.standings import as_points
from portal.chains import current_at
from portal.users.permissions import role_required

from .reach import reader_of, taught_submission
from .submission_page import back_to, submission_page


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def submission(request: HttpRequest, submission_uuid: uuid.UUID) -> HttpResponse:
    """One submission, held by the reader while it is open unless another has it."""
    return submission_page(request, taught_submission(request, submission_uuid))


@role_required(*TEACHING_ROLES)
@require_POST
def mark(request: HttpRequest, submission_uuid: uuid.UUID, question_id: int) -> HttpResponse:
    """Give a manual question its points."""
    found = taught_submission(request, submission_uuid)
    result = _manual_result(found, question_id)
    if (refused := _refused(request, found)) is not None:
        return refused
    rubric = current_rubric(result.question)
    form = RubricMarkForm(
        request.POST, prefix=str(question_id), criteria=criteria_of(rubric) if rubric else (),
        stock=list(comments_of(found.assignment.run.course)),
    )  # fmt: skip
    if not form.is_valid():
        return submission_page(request, found, question_id, form)
    if (newer := _newer_mark(request, found, result)) is not None:
        facts = {
            "points": as_points(newer.score),
            "name": newer.marked_by.name,
            "time": date_format(timezone.localtime(newer.marked_at), "DATETIME_FORMAT"),
        }
        text = _(
            "Marked meanwhile: %(points)s points, by %(name)s, %(time)s. Your entry is kept; send it again to replace that."
        )
        form.add_error(None, text % facts)
        return submission_page(request, found, question_id, form)
    try:
        give_mark(
            submission=found, question=result.question, score=form.hundredths(), comment=form.cleaned_data["comment"],
            by_rubric=ByRubric(rubric, form.levels()) if rubric else None, by=reader_of(request), at=timezone.now(),
        )  # fmt: skip
    except MarkRefused as refusal:
        reasons = {
            "range": _("Between 0 and %(points)s points.") % {"points": as_points(result.max_score)},
            "not_graded": _("Wait until the tests have been graded, then mark."),
        }
        form.add_error("score", reasons.get(refusal.code, _("This question is not marked by a person.")))
        return submission_page(request, found, question_id, form)
    messages.info(request, _("Your mark is recorded; the trainee sees it now."))
    return redirect(back_to(request, found))


def _newer_mark(request: HttpRequest, found: Submission, result: QuestionResult) -> ManualMark | None:
    """Return the mark that the page from which this one comes did not show."""
    seen = request.POST.get("seen")
    held = current_marks(found).get(result.question.grade_id)
    return held if held is not None and seen is not None and seen != str(held.uuid) else None


@role_required(*TEACHING_ROLES)
@require_POST
def restore(request: HttpRequest, submission_uuid: uuid.UUID, mark_uuid: uuid.UUID) -> HttpResponse:
    """Undo: give an earlier mark again."""
    found = taught_submission(request, submission_uuid)
    if (refused := _refused(request, found)) is not None:
        return refused
    earlier = ManualMark.objects.filter(submission=found, uuid=mark_uuid).first()
    if earlier is None:
        raise Http404
    try:
        restore_mark(mark=earlier, by=reader_of(request), at=timezone.now())
        messages.info(request, _("The earlier mark holds again."))
    except MarkRefused:
        messages.error(request, _("That mark no longer fits: the question has changed since."))
    return redirect(back_to(request, found))


@role_required(*TEACHING_ROLES)
@require_POST
def draft(request: HttpRequest, submission_uuid: uuid.UUID, question_id: int) -> JsonResponse:
    """Keep what is typed, and the hold; says when, or who has taken the submission over."""
    found = taught_submission(request, submission_uuid)
    result, user, now = _manual_result(found, question_id), reader_of(request), timezone.now()
    if is_own_work(user, found):
        raise Http404
    hold = hold_submission(submission=found, by=user, at=now)
    prefix = f"{question_id}-"
    levels = [request.POST.get(f"{prefix}level{number}", "")[:2] for number in range(8)]
    keep_draft(
        submission=found, question=result.question, by=user, at=now,
        score=request.POST.get(f"{prefix}score", "")[:12], comment=request.POST.get(f"{prefix}comment", "")[:2000],
        levels=levels,
    )  # fmt: skip
    return JsonResponse(
        {"saved": f"{timezone.localtime(now):%H:%M}", "holder": hold.holder.name if hold.holder else ""}
    )


@role_required(*TEACHING_ROLES)
@require_POST
def lock(request: HttpRequest, submission_uuid: uuid.UUID) -> HttpResponse:
    """Keep the hold (what an open page asks every minute), take it over from another, or let go."""
    found, user, now = taught_submission(request, submission_uuid), reader_of(request), timezone.now()
    wanted = request.POST.get("do", "keep")
    if is_own_work(user, found):
        raise Http404
    if wanted == "take":
        take_over(submission=found, by=user, at=now)
        messages.info(request, _("You have the submission now; the other instructor is told."))
        return redirect(back_to(request, found))
    if wanted == "free":
        let_go(submission=found, by=user)
        messages.success(request, _("The submission is free for other instructors."))
        return redirect("grading:desk")
    hold = hold_submission(submission=found, by=user, at=now)
    return JsonResponse({"holder": hold.holder.name if hold.holder else ""})


@role_required(*TEACHING_ROLES)
@require_POST
def feedback(request: HttpRequest, submission_uuid: uuid.UUID, question_id: int) -> HttpResponse:
    """Write to the trainee about a question that tests grade."""
    found = taught_submission(request, submission_uuid)
    result = next((each for each in results_of(found) if each.question_id == question_id), None)
    if result is None or is_own_work(reader_of(request), found):
        raise Http404
    form = FeedbackForm(request.POST, prefix=f"f{question_id}")
    if not form.is_valid():
        return submission_page(request, found, question_id, form)
    text, now = form.cleaned_data["text"], timezone.now()
    give_feedback(submissions=[found], question=result.question, text=text, by=reader_of(request), at=now)
    messages.info(request, _("Your comment is with the trainee."))
    return redirect(back_to(request, found))


@role_required(*TEACHING_ROLES)
@require_POST
def flags(request: HttpRequest, submission_uuid: uuid.UUID) -> HttpResponse:
    """Note that the flags of the newest grading were looked at."""
    found = taught_submission(request, submission_uuid)
    run = GradingRun.objects.filter(current_at("grades"), grades__submission=found).first()
    if run is None or is_own_work(reader_of(request), found):
        raise Http404
    see_flags(run=run, by=reader_of(request), at=timezone.now())
    messages.success(request, _("Noted: you have looked at it."))
    return redirect(back_to(request, found))


def _manual_result(found: Submission, question_id: int) -> QuestionResult:
    result = next((each for each in results_of(found) if each.question_id == question_id), None)
    if result is None:
        raise Http404
    return result


def _refused(request: HttpRequest, found: Submission) -> HttpResponse | None:
    """Show the page again, with a word, where another instructor holds the submission."""
    if is_own_work(reader_of(request), found):
        return None
    hold = hold_submission(submission=found, by=reader_of(request), at=timezone.now())
    if hold.holder is None:
        return None
    messages.error(request, _("%(name)s has this submission open. Take it over first.") % {"name": hold.holder.name})
    return redirect(back_to(request, found))
