"""First login with a slip, and the page that asks staff for a second factor."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portal.users.actions import SlipNotValid, set_password_with_slip
from portal.users.attempts import note_slip_miss, remember_device
from portal.users.forms import LOGIN_NAME, FirstLoginForm
from portal.users.models import STAFF_ROLES
from portal.users.permissions import signed_in
from portal.users.rights import grants_in_force, lacks_second_factor
from portal.users.role_sentences import SENTENCES
from portal.users.scopes import scope_label


@never_cache
@sensitive_post_parameters("code", "password", "repeated")
def first_login(request: HttpRequest) -> HttpResponse:
    """Set a password with the slip's code; the person then signs in as everybody does."""
    form = FirstLoginForm(request.POST or None, initial={"username": request.GET.get("username", "")[:40]})
    if request.method == "POST" and form.is_valid() and _set_password(request, form):
        messages.success(request, _("Your password is set. Sign in with it now."))
        request.session[LOGIN_NAME] = form.cleaned_data["username"]
        to_login = redirect("account_login")
        # Whoever held the slip may sign in at once, although somebody behind the same address guesses at the name.
        remember_device(request, to_login, form.cleaned_data["username"])
        return to_login
    return render(request, "users/first_login.html", {"form": form}, status=400 if form.errors else 200)


def _set_password(request: HttpRequest, form: FirstLoginForm) -> bool:
    """Return whether the slip was accepted; errors are put on the form."""
    data = form.cleaned_data
    try:
        set_password_with_slip(
            username=data["username"], code=data["code"], password=data["password"], at=timezone.now()
        )
    except SlipNotValid:
        note_slip_miss(request, data["username"])
        form.add_error(
            None,
            _(
                "Login name and code do not fit, or the slip is used or too old. Ask your personnel officer for a new one."
            ),
        )
    except ValidationError as error:
        form.add_error("password", error)
    return not form.errors


@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Say why a second factor is needed and lead to its set-up."""
    person, today = signed_in(request), timezone.localdate()
    grants = grants_in_force(person, today).filter(role__in=STAFF_ROLES).select_related("granted_by")
    roles = [
        (grant, SENTENCES[grant.role], scope_label(grant.scope_kind, grant.scope_uuid))
        for grant in grants.order_by("-granted_at", "-pk")
    ]
    context = {"is_missing": lacks_second_factor(person, today), "roles": roles}
    return render(request, "users/second_factor.html", context)
