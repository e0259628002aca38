"""An instructor's page of extensions: who has more time or attempts, and granting it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from labs.assignments.actions import ExtensionRefused, grant_extension, withdraw_extension
from labs.assignments.forms import ExtensionForm, WithdrawalForm
from labs.assignments.models import LabAssignment
from labs.assignments.permissions import TEACHING_ROLES
from labs.assignments.queries import access_taught_assignments_for, extensions_in_force, trainees_of
from portal.users.permissions import role_required, signed_in


@role_required(*TEACHING_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def extensions(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """List what is granted, and grant one trainee an own deadline or more attempts."""
    user, found = signed_in(request), _assignment(request, assignment_uuid)
    form = ExtensionForm(request.POST or None, people=trainees_of(found).exclude(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            grant_extension(assignment=found, **asked, by=user, at=timezone.now())
        except ExtensionRefused as refusal:
            reasons = {
                "nothing": _("Give a deadline of their own, or more attempts."),
                "earlier": _("An own deadline lies after everybody's."),
                "not_enrolled": _("This person has no place in the run any more."),
            }
            form.add_error("user" if refusal.code == "not_enrolled" else "due_at", reasons[refusal.code])
        else:
            messages.success(request, _("%(name)s has the extension and is told.") % {"name": asked["user"].name})
            return redirect("assignments:extensions", found.uuid)
    context = {"assignment": found, "form": form, "extensions": extensions_in_force(found)}
    return render(request, "assignments/extensions.html", context, status=400 if form.errors else 200)


@role_required(*TEACHING_ROLES)
@require_POST
def withdraw(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Let the assignment's own terms hold again for a trainee."""
    found, form = _assignment(request, assignment_uuid), WithdrawalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the extension ends; nothing was changed."))
        return redirect("assignments:extensions", found.uuid)
    granted = next((row for row in extensions_in_force(found) if row.user_id == form.cleaned_data["user"]), None)
    if granted is None:
        raise Http404
    withdraw_extension(
        assignment=found,
        user=granted.user,
        reason=form.cleaned_data["reason"],
        by=signed_in(request),
        at=timezone.now(),
    )
    messages.success(request, _("The extension is withdrawn; what was handed in keeps its grade."))
    return redirect("assignments:extensions", found.uuid)


def _assignment(request: HttpRequest, assignment_uuid: uuid.UUID) -> LabAssignment:
    taught = access_taught_assignments_for(signed_in(request), timezone.localdate())
    found = taught.filter(uuid=assignment_uuid).first()
    if found is None:
        raise Http404
    return found
