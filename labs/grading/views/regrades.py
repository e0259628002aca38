"""Grading everybody again: starting it, its progress, who rises and who falls, and the decision."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labs.assignments.permissions import TEACHING_ROLES
from labs.assignments.queries import access_taught_assignments_for
from labs.grading.actions import Approval, RegradeRefused, approve_regrade, discard_regrade, start_regrade
from labs.grading.forms import ApprovalForm, RegradeForm
from labs.grading.models import RegradeBatch
from labs.grading.regrades import access_regrades_for, changes_of, count_changes, progress_of, regrade_of
from portal.users.asking import ask_first
from portal.users.permissions import role_required, signed_in

PAGE_SIZE = 50


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def regrades(request: HttpRequest) -> HttpResponse:
    """List regrades in the runs that the reader teaches."""
    found = access_regrades_for(signed_in(request), timezone.localdate())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "grading/regrades.html", {"page_obj": page})


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_regrade(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Start a regrade of every attempt of an assignment."""
    user = signed_in(request)
    taught = access_taught_assignments_for(user, timezone.localdate())
    assignment = taught.filter(uuid=assignment_uuid).first()
    if assignment is None:
        raise Http404
    form = RegradeForm(request.POST or None, lab=assignment.lab)
    if request.method == "POST" and form.is_valid():
        try:
            batch = start_regrade(assignment=assignment, **form.cleaned_data, by=user, at=timezone.now())
        except RegradeRefused as refusal:
            form.add_error(None, _reason(refusal.code))
        else:
            messages.success(request, _("The regrade has begun. Nothing changes before you approve its results."))
            return redirect("grading:regrade_batch", batch.uuid)
    context = {"assignment": assignment, "form": form}
    return render(request, "grading/new_regrade.html", context, status=400 if form.errors else 200)


@role_required(*TEACHING_ROLES)
@require_safe
@never_cache
def regrade_batch(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Show the progress of a regrade and what it would change."""
    return _page(request, _batch(request, batch_uuid), None)


@role_required(*TEACHING_ROLES)
@require_POST
def approve(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Take over the results that rise, and those that fall where the form says so."""
    batch, form = _batch(request, batch_uuid), ApprovalForm(request.POST)
    if not form.is_valid():
        return _page(request, batch, form)
    try:
        approve_regrade(batch=batch, approval=Approval(**form.cleaned_data), by=signed_in(request), at=timezone.now())
    except RegradeRefused as refusal:
        form.add_error(None, _reason(refusal.code))
        return _page(request, batch, form)
    except PermissionDenied:
        form.add_error(None, _("Your own work is among the submissions; another instructor decides."))
        return _page(request, batch, form)
    messages.success(request, _("The regrade is approved. Trainees whose result changed are told."))
    return redirect("grading:regrade_batch", batch.uuid)


@role_required(*TEACHING_ROLES)
@require_POST
def discard(request: HttpRequest, batch_uuid: uuid.UUID) -> HttpResponse:
    """Leave every grade as it is."""
    batch = _batch(request, batch_uuid)
    question = ask_first(
        request,
        title=_("Discard the regrade?"),
        text=_("Every grade stays as it is, and the new results are dropped. A new regrade begins from nothing."),
        button=_("Discard the regrade"),
    )
    if question is not None:
        return question
    try:
        discard_regrade(batch=batch, by=signed_in(request), at=timezone.now())
        messages.info(request, _("The regrade is discarded; every grade stays as it was."))
    except RegradeRefused as refusal:
        messages.error(request, _reason(refusal.code))
    except PermissionDenied:
        messages.error(request, _("Your own work is among the submissions; another instructor decides."))
    return redirect("grading:regrade_batch", batch.uuid)


def _page(request: HttpRequest, batch: RegradeBatch, form: ApprovalForm | None) -> HttpResponse:
    changes = changes_of(batch)
    context = {
        "batch": batch,
        "progress": progress_of(batch),
        "changes": changes,
        "counts": count_changes(changes),
        "form": form or ApprovalForm(),
    }
    return render(request, "grading/regrade.html", context, status=400 if form is not None else 200)


def _batch(request: HttpRequest, batch_uuid: uuid.UUID) -> RegradeBatch:
    found = regrade_of(signed_in(request), batch_uuid, timezone.localdate())
    if found is None:
        raise Http404
    return found


def _reason(code: str) -> str:
    reasons = {
        "nothing": _("Nothing has been submitted for this assignment yet, so there is nothing to grade."),
        "unfinished": _("Some submissions are still being graded. Wait until all are done."),
        "decided": _("Somebody has decided about this regrade already."),
        "note": _("Say why certified results are lowered, and tick that lower results apply."),
    }
    return reasons.get(
        code,
        _("This release may not be put before trainees: it has not passed its check, or its data is barred."),
    )
