"""Command-line tokens: get one, see which count, end one."""

from __future__ import annotations

import uuid

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.users.limits import count
from portal.users.models import User
from portal.users.permissions import signed_in

from .actions import LIFETIMES, TokenRefused, end_token, issue_token
from .forms import TokenForm
from .models import CommandToken, Scope
from .permissions import may_publish, used_second_factor
from .queries import access_tokens_for

TOKENS_PER_HOUR = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the reader's tokens, and a new one, which is shown in this one answer alone."""
    user, at = signed_in(request), timezone.now()
    teaches = may_publish(user, timezone.localdate(at))
    form = TokenForm(request.POST or None, offers_publishing=teaches)
    text, status = "", 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        text, status = _issue(request, user, form)
    context = {
        "form": form,
        "token_text": text,
        "tokens": [(token, token.get_scope_display()) for token in access_tokens_for(user, at)],
        "teaches": teaches,
        "confirm_url": "" if used_second_factor(get_authentication_records(request, user)) else _confirm_url(user),
        "minutes": {scope.value: int(LIFETIMES[scope].total_seconds() // 60) for scope in Scope},
    }
    return render(request, "hub/tokens.html", context, status=status)


@login_required
@require_POST
def end(request: HttpRequest, token_uuid: uuid.UUID) -> HttpResponse:
    """End one of the reader's tokens."""
    user, at = signed_in(request), timezone.now()
    token: CommandToken | None = access_tokens_for(user, at).filter(uuid=token_uuid).first()
    if token is None:
        raise Http404
    end_token(token=token, by=user, at=at)
    messages.success(request, _("The token has been ended."))
    return redirect("hub:tokens")


def _issue(request: HttpRequest, user: User, form: TokenForm) -> tuple[str, int]:
    if not count(f"command-token:{user.pk}", TOKENS_PER_HOUR, 3600):
        form.add_error(None, _("Too many tokens within an hour. Please try again later."))
        return "", 429
    has_factor = used_second_factor(get_authentication_records(request, user))
    scope = form.cleaned_data["scope"]
    try:
        return issue_token(scope=scope, has_second_factor=has_factor, by=user, at=timezone.now())[1], 200
    except TokenRefused:
        form.add_error(None, _("Confirm your second factor first; then get the token for publishing."))
        return "", 403


def _confirm_url(user: User) -> str:
    """Return where the reader gives the second factor once more and comes back; the way depends on which there is."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    name = "mfa_reauthenticate" if kinds & {"totp", "recovery_codes"} else "mfa_reauthenticate_webauthn"
    return f"{reverse(name)}?next={reverse('hub:tokens')}"
