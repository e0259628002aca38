"""Instructors change their minds: pass mark and requirement, taking a lab back, retiring labs and releases.

Each page says whom it touches before anything is written.
"""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from labs.assignments.actions import change_rules, restore_assignment, restore_lab, retire_lab, withdraw_assignment
from labs.assignments.effects import effects_of
from labs.assignments.forms import ReasonForm, RulesForm
from labs.assignments.models import LabAssignment
from labs.assignments.permissions import TEACHING_ROLES
from labs.assignments.queries import access_labs_for, access_taught_assignments_for
from labs.assignments.reports import retirements_of
from portal.users.asking import wants_back
from portal.users.models import User
from portal.users.permissions import role_required


@role_required(*TEACHING_ROLES)
@never_cache
def rules(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Change the pass mark and whether the run asks for the lab."""
    user, found, at = cast(User, request.user), _assignment(request, assignment_uuid), timezone.now()
    initial = {"pass_percent": found.pass_percent, "is_required": found.is_required}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and not wants_back(request) and form.is_valid():
        asked = form.cleaned_data
        if (asked["pass_percent"], asked["is_required"]) == (found.pass_percent, found.is_required):
            form.add_error(None, _("Nothing differs from what is kept."))
        elif request.POST.get("confirmed") == "yes":
            change_rules(assignment=found, **asked, by=user, at=at)
            messages.success(request, _("The rules are changed, and open places are counted anew."))
            return redirect("assignments:assignment", found.uuid)
        else:
            effects = effects_of(found, lambda: change_rules(assignment=found, **asked, by=user, at=at))
            context = {"assignment": found, "form": form, "asked": asked, "effects": effects}
            return render(request, "assignments/rules_confirm.html", context)
    context = {"assignment": found, "form": form}
    status = 400 if form.errors and not wants_back(request) else 200
    return render(request, "assignments/rules.html", context, status=status)


@role_required(*TEACHING_ROLES)
@never_cache
def withdraw(request: HttpRequest, assignment_uuid: uuid.UUID) -> HttpResponse:
    """Take the lab back from its run, or put it back there."""
    user, found, at = cast(User, request.user), _assignment(request, assignment_uuid), timezone.now()
    if request.method == "POST" and found.withdrawn_at is not None:
        restore_assignment(assignment=found, by=user, at=at)
        messages.success(request, _("The lab is before its run again."))
        return redirect("assignments:assignment", found.uuid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw_assignment(assignment=found, reason=form.cleaned_data["reason"], by=user, at=at)
        messages.success(request, _("The lab is withdrawn from the run. Work and grades stay."))
        return redirect("assignments:assignment", found.uuid)
    effects = None
    if found.withdrawn_at is None:
        effects = effects_of(found, lambda: withdraw_assignment(assignment=found, reason="", by=user, at=at))
    context = {"assignment": found, "form": form, "effects": effects}
    return render(request, "assignments/withdraw.html", context, status=400 if form.errors else 200)


@role_required(*TEACHING_ROLES)
@never_cache
def retire(request: HttpRequest, code: str, number: int = 0) -> HttpResponse:
    """Retire a lab, or one release of it, or bring it back; where it is assigned it goes on."""
    user, on, at = cast(User, request.user), timezone.localdate(), timezone.now()
    lab = access_labs_for(user, on).filter(code=code).first()
    release = lab.releases.filter(number=number).first() if lab and number else None
    if lab is None or (number and release is None):
        raise Http404
    held = [one for one in retirements_of(lab, release) if one.release_id == (release.pk if release else None)]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and held:
        restore_lab(lab=lab, release=release, by=user, at=at)
        messages.success(request, _("It can be put before runs again."))
        return redirect("assignments:lab", lab.code)
    if request.method == "POST" and form.is_valid():
        retire_lab(lab=lab, release=release, reason=form.cleaned_data["reason"], by=user, at=at)
        messages.success(request, _("It is retired: it is offered for no run any more."))
        return redirect("assignments:lab", lab.code)
    used = LabAssignment.objects.filter(lab=lab, withdrawn_at__isnull=True).select_related("run")
    used = used.filter(release=release) if release else used
    context = {"lab": lab, "release": release, "held": held[0] if held else None, "form": form, "used": used}
    return render(request, "assignments/retire.html", context, status=400 if form.errors else 200)


def _assignment(request: HttpRequest, assignment_uuid: uuid.UUID) -> LabAssignment:
    taught = access_taught_assignments_for(cast(User, request.user), timezone.localdate())
    found = taught.filter(uuid=assignment_uuid).first()
    if found is None:
        raise Http404
    return found
