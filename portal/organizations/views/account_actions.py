"""What a personnel officer or administrator does to one account."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.organizations.accounts import grant_lines
from portal.organizations.forms import GrantForm, grantable_roles
from portal.organizations.queries import posts_of
from portal.organizations.views.accounts import account_keepers_only, managed_person
from portal.users.actions import (
    GrantNotAllowed,
    change_term,
    deactivate_user,
    grant_role,
    make_password_slip,
    reactivate_user,
    reset_second_factor,
    revoke_grant,
)
from portal.users.actions.accounts import require_charge_of
from portal.users.actions.slips import VALID_FOR, newest_slip
from portal.users.asking import ask_first, wants_back
from portal.users.models import PasswordSlip, Role, User
from portal.users.permissions import signed_in
from portal.users.role_sentences import SENTENCES
from portal.users.scopes import scope_label


@account_keepers_only
@require_POST
@never_cache
def slip(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Make a slip and show it once, ready for the printer.

    The form names the newest slip that its page knew. Reloading the slip sends the same form again: a newer slip is
    there by then, so the page asks instead of voiding what was just printed.
    """
    person = managed_person(request, user_uuid)
    at, newest = timezone.now(), newest_slip(person)
    require_charge_of(signed_in(request), person, at)
    if wants_back(request):
        return redirect("organizations:account", person.uuid)
    if newest is not None and request.POST.get("after") != str(newest.uuid):
        return _another_slip(request, person, newest)
    code = make_password_slip(user=person, by=signed_in(request), at=at)
    address = f"{settings.PORTAL_URL}{reverse('users:first_login')}"
    context = {"person": person, "code": code, "address": address, "expires_at": at + VALID_FOR}
    context |= {"post": posts_of(person, timezone.localdate(at)).first(), "issuer": signed_in(request)}
    return render(request, "organizations/slip.html", context)


def _another_slip(request: HttpRequest, person: User, newest: PasswordSlip) -> HttpResponse:
    made = date_format(timezone.localtime(newest.created_at), "DATETIME_FORMAT")
    text = _("The last slip was made at %(time)s. Its code cannot be shown again; another slip makes it void.")
    context = {
        "title": _("Make another slip for %(name)s?") % {"name": person.name},
        "text": text % {"time": made},
        "button": _("Make another slip"),
        "fields": [("after", str(newest.uuid))],
    }
    return render(request, "ask_first.html", context)


@account_keepers_only
@require_POST
def deactivate(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Close the account."""
    person = managed_person(request, user_uuid)
    question = ask_first(
        request,
        title=_("Close the account of %(name)s?") % {"name": person.name},
        text=_("All sign-ins and labs of the person end at once. You can open the account again."),
        button=_("Close the account"),
    )
    if question is not None:
        return question
    deactivate_user(user=person, reason=request.POST.get("reason", "")[:200], by=signed_in(request), at=timezone.now())
    messages.success(
        request, _("The account of %(name)s is closed; its sign-ins and labs end.") % {"name": person.name}
    )
    return redirect("organizations:account", person.uuid)


@account_keepers_only
@require_POST
def reactivate(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Open the account again."""
    person = managed_person(request, user_uuid)
    reactivate_user(user=person, by=signed_in(request), at=timezone.now())
    messages.success(request, _("The account of %(name)s is open again.") % {"name": person.name})
    return redirect("organizations:account", person.uuid)


@account_keepers_only
@require_POST
def second_factor(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Remove the factors of somebody who lost the device."""
    person = managed_person(request, user_uuid)
    question = ask_first(
        request,
        title=_("Remove the second factor of %(name)s?") % {"name": person.name},
        text=_(
            "All sign-ins end, and the person sets up a new factor. Be sure that it is really this person who asks."
        ),
        button=_("Remove the second factor"),
    )
    if question is not None:
        return question
    reset_second_factor(user=person, by=signed_in(request), at=timezone.now())
    text = _("The second factor of %(name)s is removed; the next sign-in asks for a new one where a role needs it.")
    messages.success(request, text % {"name": person.name})
    return redirect("organizations:account", person.uuid)


@account_keepers_only
def grant(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Choose a role, then where it reaches; give it."""
    person, by, today = managed_person(request, user_uuid), signed_in(request), timezone.localdate()
    roles = grantable_roles(by, today)
    role = str(request.POST.get("role") or request.GET.get("role") or (roles[0][0] if len(roles) == 1 else ""))
    if role not in dict(roles):
        choices = [(value, label, SENTENCES[value]) for value, label in roles]
        status = 400 if request.method == "POST" else 200
        return render(request, "organizations/grant_role.html", {"person": person, "roles": choices}, status=status)
    find = request.GET.get("find", "")[:60]
    initial = _term_of(person, role, request.GET.get("change", ""))
    form = GrantForm(request.POST or None, by=by, today=today, role=role, find=find, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            said = _give(person, dict(form.cleaned_data), by)
        except GrantNotAllowed as error:
            form.add_error("scope", str(error))
        else:
            messages.success(request, said)
            return redirect("organizations:account", person.uuid)
    context = {"form": form, "person": person, "role": role, "role_label": dict(roles)[role], "find": find}
    context |= {"sentence": SENTENCES[role], "several": len(roles) > 1}
    return render(request, "organizations/grant.html", context, status=400 if form.errors else 200)


def _term_of(person: User, role: str, written: str) -> dict[str, object]:
    """Place and term of a grant that is to be changed, for the form; empty for a new one."""
    known = _known_uuid(written)
    held = person.grants.filter(revoked_at__isnull=True, role=role, uuid=known).first() if known else None
    if held is None:
        return {}
    scope = f"{held.scope_kind}:{held.scope_uuid}"
    return {"scope": scope, "start_date": held.start_date, "end_date": held.end_date}


def _known_uuid(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


def _give(person: User, data: dict[str, Any], by: User) -> str:
    """Give the role, or change the term of the one that is held there; returns what was done."""
    scope, at = data.pop("scope"), timezone.now()
    told = {
        "name": person.name,
        "role": Role(data["role"]).label,
        "scope": scope_label(scope.kind, scope.uuid),
    }
    place = {"role": data["role"], "scope_kind": scope.kind, "scope_uuid": scope.uuid}
    held = person.grants.filter(revoked_at__isnull=True, **place).first()
    if held is None:
        grant_role(user=person, scope_kind=scope.kind, scope_uuid=scope.uuid, **data, by=by, at=at)
        return _("%(name)s now has the role %(role)s in %(scope)s.") % told
    term = {key: data[key] for key in ("start_date", "end_date", "reason")}
    if change_term(grant=held, **term, by=by, at=at).pk == held.pk:
        return _("%(name)s holds the role %(role)s in %(scope)s already, for the same time.") % told
    return _("The term of the role %(role)s in %(scope)s of %(name)s is changed.") % told


@account_keepers_only
def revoke(request: HttpRequest, user_uuid: uuid.UUID, grant_uuid: uuid.UUID) -> HttpResponse:
    """Ask, then take the role away."""
    person = managed_person(request, user_uuid)
    held = get_object_or_404(person.grants.filter(revoked_at__isnull=True), uuid=grant_uuid)
    if request.method == "POST":
        revoke_grant(grant=held, reason=request.POST.get("reason", "")[:200], by=signed_in(request), at=timezone.now())
        messages.success(request, _("The role is taken away. It no longer counts from the next click on."))
        return redirect("organizations:account", person.uuid)
    lines = grant_lines(person, timezone.localdate(), signed_in(request), with_planned=True)
    line = next((line for line in lines if line.grant.pk == held.pk), None)
    if line is not None and not line.may_end:
        messages.error(request, _("This role was given by somebody who may give more than you; only they can end it."))
        return redirect("organizations:account", person.uuid)
    return render(request, "organizations/revoke.html", {"person": person, "grant": held, "line": line})
