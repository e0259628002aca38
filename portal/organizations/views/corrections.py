"""Correcting what a person is called: a form, a page that says what follows, then the change."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.organizations.forms import IdentityForm
from portal.organizations.views.accounts import account_keepers_only, managed_person
from portal.users.actions import correct_identity
from portal.users.actions.accounts import require_charge_of
from portal.users.asking import wants_back
from portal.users.models import User
from portal.users.permissions import signed_in


@account_keepers_only
def identity(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Correct name, login name and e-mail; nothing is written before the second press."""
    person = managed_person(request, user_uuid)
    by, at = signed_in(request), timezone.now()
    require_charge_of(by, person, at)
    before = {"name": person.name, "username": person.username, "email": person.email}
    form = IdentityForm(request.POST or None, initial=before)
    if request.method == "POST" and not wants_back(request) and form.is_valid():
        is_confirmed = request.POST.get("confirmed") == "yes"
        try:
            with transaction.atomic():
                changed = correct_identity(user=person, **form.cleaned_data, by=by, at=at)
                after = {field: str(getattr(person, field)) for field in before}
                if not is_confirmed:
                    transaction.set_rollback(True)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if not changed:
                form.add_error(None, _("Nothing differs from what is kept."))
            elif is_confirmed:
                messages.success(request, _done(person, before, changed))
                return redirect("organizations:account", person.uuid)
            else:
                rows = [(_label(field), before[field] or "—", after[field] or "—") for field in changed]
                context = {"form": form, "rows": rows, "changed": changed, "person": person, "was": before["name"]}
                return render(request, "organizations/identity_confirm.html", context)
    status = 400 if form.errors and not wants_back(request) else 200
    context = {"form": form, "person": person, "was": before["name"]}
    return render(request, "organizations/identity.html", context, status=status)


def _label(field: str) -> str:
    return {"name": pgettext("person", "Name"), "username": _("Login name"), "email": _("E-mail")}[field]


def _done(person: User, before: dict[str, str], changed: list[str]) -> str:
    said = {
        "name": _("%(before)s is now called %(after)s."),
        "username": _("The login name is now %(after)s; %(before)s opens nothing any more."),
        "email": _("The e-mail is corrected."),
    }
    return " ".join(said[f] % {"before": before[f], "after": getattr(person, f)} for f in changed)
