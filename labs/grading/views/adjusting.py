"""Adjusting points that tests gave: a form, what would follow, then the proposal; and the second person's decision."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from labs.assignments.permissions import TEACHING_ROLES
from labs.grading.actions import AdjustmentRefused, adjust_score, decide_adjustment
from labs.grading.adjustments import access_adjustments_for, deciders_of, is_certified, tested_result
from labs.grading.forms import AdjustForm, DecideForm
from labs.grading.models import Grade, Submission
from labs.grading.permissions import is_own_work
from labs.grading.standings import as_points
from portal.users.asking import wants_back
from portal.users.models import User
from portal.users.permissions import role_required

from .reach import reader_of, taught_submission


@role_required(*TEACHING_ROLES)
@never_cache
def adjust(request: HttpRequest, submission_uuid: uuid.UUID, question_id: int) -> HttpResponse:
    """Give a question that tests grade other points, with a reason; shown once more before it is done."""
    found, by, at = taught_submission(request, submission_uuid), reader_of(request), timezone.now()
    counted = tested_result(found, question_id)
    if counted is None or is_own_work(by, found):
        raise Http404
    needs_second = is_certified(found)
    deciders = _names(found, by) if needs_second else ""
    form = AdjustForm(request.POST or None, initial={"score": as_points(counted.score)})
    context = {
        "submission": found, "counted": counted, "form": form, "needs_second": needs_second, "deciders": deciders,
    }  # fmt: skip
    if request.method == "POST" and not wants_back(request) and form.is_valid():
        is_confirmed = request.POST.get("confirmed") == "yes"
        before = Grade.objects.current().filter(submission=found).first()
        try:
            with transaction.atomic():
                adjust_score(
                    submission=found, question=counted.result.question, score=form.hundredths(),
                    reason=form.cleaned_data["reason"], by=by, at=at,
                )  # fmt: skip
                after = Grade.objects.current().filter(submission=found).first()
                if not is_confirmed:
                    transaction.set_rollback(True)
        except AdjustmentRefused as refusal:
            form.add_error("score" if refusal.code in ("range", "same") else None, _refusal(refusal.code))
        else:
            if is_confirmed:
                messages.success(request, _proposed(deciders))
                return redirect("grading:submission", found.uuid)
            context |= {"score": form.hundredths(), "before": before, "after": after}
            return render(request, "grading/adjust_confirm.html", context)
    status = 400 if form.errors and not wants_back(request) else 200
    return render(request, "grading/adjust.html", context, status=status)


@role_required(*TEACHING_ROLES)
@never_cache
def adjustment(request: HttpRequest, adjustment_uuid: uuid.UUID) -> HttpResponse:
    """One proposal: another teacher agrees or refuses; who made it may take it back."""
    by, at = reader_of(request), timezone.now()
    found = get_object_or_404(access_adjustments_for(by, timezone.localdate()), uuid=adjustment_uuid)
    is_mine = found.proposed_by_id == by.pk
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_approved = request.POST.get("act") == "approve"
        text = form.cleaned_data["text"].strip()
        if not is_approved and not is_mine and not text:
            form.add_error("text", _("Say why, so that the other side can act on it."))
        else:
            try:
                decision = decide_adjustment(adjustment=found, is_approved=is_approved, text=text, by=by, at=at)
            except AdjustmentRefused as refusal:
                form.add_error(None, _refusal(refusal.code))
            else:
                done = _("The points are adjusted, and the trainee is told.")
                messages.success(request, done if decision.is_applied else _("The points stay as they are."))
                return redirect("grading:submission", found.submission.uuid)
    context = {
        "adjustment": found,
        "decision": getattr(found, "decision", None),
        "form": form,
        "is_mine": is_mine,
        "is_own_work": is_own_work(by, found.submission),
        "deciders": _names(found.submission, found.proposed_by),
    }
    return render(request, "grading/adjustment.html", context, status=400 if form.errors else 200)


@role_required(*TEACHING_ROLES)
@never_cache
def adjustments(request: HttpRequest) -> HttpResponse:
    """Proposals in the reader's runs, those that wait first."""
    rows = access_adjustments_for(reader_of(request), timezone.localdate())[:200]
    return render(request, "grading/adjustments.html", {"adjustments": rows})


def _names(submission: Submission, proposer: User) -> str:
    """Return who decides, by name."""
    return "、".join(person.name for person in deciders_of(submission, proposer, timezone.localdate()))


def _proposed(deciders: str) -> str:
    if deciders:
        return _("Your proposal is recorded. It holds once one of these people agrees: %(names)s") % {"names": deciders}
    return _("The points are adjusted, and the trainee is told.")


def _refusal(code: str) -> str:
    reasons = {
        "not_graded": _("Wait until the tests have been graded, then mark."),
        "range": _("Between 0 and the points of the question."),
        "same": _("The question has these points already."),
        "waits": _("A proposal for this question waits for its decision already."),
        "own_proposal": _("Somebody else must agree to your proposal."),
        "nobody": _("Nobody else can agree to it yet. Ask an administrator for a second instructor of the run."),
        "changed": _("The points have changed since. Refuse this proposal and make a new one."),
    }
    return reasons.get(code, _("Tests do not grade this question: mark it instead."))
