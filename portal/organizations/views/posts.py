"""Transfers: planned, corrected, cancelled; each is shown once more before it is written."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.organizations.accounts import GrantLine, grant_lines
from portal.organizations.actions import assign_job, correct_post, set_place_of_work, undo_transfer
from portal.organizations.forms import CorrectPostForm, PlaceOfWorkForm, PostForm, UndoForm
from portal.organizations.models import JobAssignment, Organization
from portal.organizations.queries import newest_post, post_before, posts_of
from portal.organizations.transfers import reaches
from portal.organizations.views.accounts import account_keepers_only, managed_person
from portal.users.actions.accounts import require_charge_of
from portal.users.asking import wants_back
from portal.users.models import Role, User
from portal.users.permissions import signed_in
from portal.users.scopes import Scope, covers


@account_keepers_only
def transfer(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Give the person another primary post; the present one ends the day before."""
    person, by, at = managed_person(request, user_uuid), signed_in(request), timezone.now()
    form = PostForm(request.POST or None, by=by, today=timezone.localdate())
    present = newest_post(person)
    if request.method == "POST" and not wants_back(request) and form.is_valid():
        is_confirmed = request.POST.get("confirmed") == "yes"
        try:
            with transaction.atomic():
                job = assign_job(user=person, **form.cleaned_data, by=by, at=at)
                if not is_confirmed:
                    transaction.set_rollback(True)
        except ValidationError as error:
            form.add_error("start_date", error)
        else:
            if is_confirmed:
                messages.success(request, _said(person, job))
                return redirect("organizations:account", person.uuid)
            return render(
                request,
                "organizations/transfer_confirm.html",
                {
                    "form": form,
                    "person": person,
                    "present": present if present and present.end_date is None else None,
                    "job": job,
                    "eve": job.start_date - timedelta(days=1),
                    "staying": roles_that_stay(person, job.organization),
                },
            )
    status = 400 if form.errors and not wants_back(request) else 200
    return render(request, "organizations/transfer.html", {"form": form, "person": person}, status=status)


@account_keepers_only
def correct(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Correct the newest post: unit, position, first day."""
    person, by, at = managed_person(request, user_uuid), signed_in(request), timezone.now()
    require_charge_of(by, person, at)
    job = newest_post(person)
    if job is None:
        raise Http404
    if not reaches(by, job.organization, timezone.localdate(at)):
        text = _(
            "The post in %(unit)s is corrected by that unit's personnel officer. You can cancel a planned transfer."
        )
        messages.info(request, text % {"unit": job.organization.name})
        return redirect("organizations:account", person.uuid)
    initial = {"organization": job.organization_id, "position": job.position_id, "start_date": job.start_date}
    form = CorrectPostForm(request.POST or None, by=by, today=timezone.localdate(), initial=initial)
    form.fields["start_date"].initial = job.start_date
    before = post_before(job)
    if request.method == "POST" and form.is_valid():
        try:
            is_changed = correct_post(job=job, **form.cleaned_data, by=by, at=at)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if is_changed:
                messages.success(request, _said(person, job))
                return redirect("organizations:account", person.uuid)
            form.add_error(None, _("Nothing differs from what is kept."))
    context = {"form": form, "person": person, "job": newest_post(person), "before": before}
    return render(request, "organizations/post_correct.html", context, status=400 if form.errors else 200)


@account_keepers_only
def cancel(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Ask, then take back a transfer: one that lies ahead, or one that began and never should have been made."""
    person, by, at = managed_person(request, user_uuid), signed_in(request), timezone.now()
    require_charge_of(by, person, at)
    job = newest_post(person)
    before = post_before(job) if job is not None else None
    has_begun = job is not None and job.start_date <= timezone.localdate(at)
    if job is None or (has_begun and before is None):
        messages.info(request, _("No transfer of %(name)s lies ahead.") % {"name": person.name})
        return redirect("organizations:account", person.uuid)
    if has_begun and before is not None and not reaches(by, before.organization, timezone.localdate(at)):
        text = _("The post before was in %(unit)s, which is not yours. Ask for a transfer back, or ask the province.")
        messages.info(request, text % {"unit": before.organization.name})
        return redirect("organizations:account", person.uuid)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and (not has_begun or form.is_valid()):
        reason = form.cleaned_data["reason"] if has_begun else ""
        before = undo_transfer(job=job, reason=reason, by=by, at=at)
        facts = {"name": person.name, "unit": job.organization.name}
        said = _("The transfer of %(name)s to %(unit)s is cancelled.") % facts
        if before is not None:
            goes_on = _("The post in %(unit)s goes on.") % {"unit": before.organization.name}
            said = f"{said}{goes_on}" if get_language() == "zh-hans" else f"{said} {goes_on}"
        messages.success(request, said)
        return redirect("organizations:account", person.uuid)
    context = {"person": person, "job": job, "before": before, "form": form if has_begun else None}
    is_wrong = request.method == "POST"  # only a missing reason comes this far
    return render(request, "organizations/post_cancel.html", context, status=400 if is_wrong else 200)


@account_keepers_only
def place_of_work(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Room and telephone of the present primary post."""
    person, by, at = managed_person(request, user_uuid), signed_in(request), timezone.now()
    job = posts_of(person, timezone.localdate(at)).filter(is_primary=True).first()
    if job is None:
        raise Http404
    form = PlaceOfWorkForm(request.POST or None, initial={"room": job.room, "phone": job.phone})
    if request.method == "POST" and form.is_valid():
        set_place_of_work(job=job, **form.cleaned_data, by=by, at=at)
        messages.success(request, _("Room and telephone of %(name)s are kept.") % {"name": person.name})
        return redirect("organizations:account", person.uuid)
    context = {"form": form, "person": person, "job": job}
    return render(request, "organizations/place_of_work.html", context, status=400 if form.errors else 200)


def roles_that_stay(person: User, unit: Organization) -> list[GrantLine]:
    """Roles other than the learner's that do not reach the unit; whoever transfers decides about them."""
    here = Scope("organization", unit.uuid)
    return [
        line
        for line in grant_lines(person, timezone.localdate())
        if line.grant.role != Role.LEARNER and not covers(Scope(line.grant.scope_kind, line.grant.scope_uuid), here)
    ]


def _said(person: User, job: JobAssignment) -> str:
    facts = {
        "name": person.name,
        "unit": job.organization.name,
        "post": job.position.name,
        "date": date_format(job.start_date, "DATE_FORMAT"),
    }
    if job.start_date > timezone.localdate():
        return _("Planned: %(name)s belongs to %(unit)s (%(post)s) from %(date)s on.") % facts
    return _("%(name)s belongs to %(unit)s (%(post)s) since %(date)s.") % facts
