"""The way to the OpenID provider, and the doors of other apps that stay shut."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from allauth.account import views as accounts
from allauth.idp.oidc import views as provider
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from portal.users.rights import roles_of

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def is_well_asked(request: HttpRequest) -> bool:
    """Return whether the request names a client and exactly its address, nothing twice,
    with an S256 proof key (RFC 7636)."""
    if any(len(values) != 1 for _, values in request.GET.lists()):
        return False
    client = Client.objects.filter(id=request.GET.get("client_id", "")).first()
    return (
        client is not None
        and request.GET.get("redirect_uri") in client.get_redirect_uris()
        and request.GET.get("code_challenge_method") == "S256"
        and bool(CHALLENGE.fullmatch(request.GET.get("code_challenge", "")))
    )


@csrf_exempt  # the provider's own view checks the token where a person confirms
def authorize(request: HttpRequest) -> HttpResponseBase:
    """Show the provider's authorization; here every client must bring a proof key, and every person hold a role.

    Raises PermissionDenied for somebody signed in whose last role has ended.
    """
    if request.method in ("GET", "HEAD") and not is_well_asked(request):
        return render(request, "users/authorization_refused.html", status=400)
    if request.user.is_authenticated and not roles_of(request.user, timezone.localdate()):
        raise PermissionDenied
    response: HttpResponseBase = provider.authorization(request)
    return response


def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Reset by e-mail where mail is configured; elsewhere the page of the slip says what to do."""
    if not settings.EMAIL_HOST:
        return redirect(f"{reverse('users:first_login')}?forgotten=1")
    response: HttpResponseBase = accounts.password_reset(request)
    return response


def not_offered(request: HttpRequest, **parts: str) -> HttpResponse:
    """Show a door of an installed app that this portal does not open."""
    raise Http404


@login_required
def to_own_account(request: HttpRequest) -> HttpResponse:
    """Wagtail's page of one's account could change what is decided elsewhere; the portal's own page takes its place."""
    return redirect("organizations:my_account")


def to_login(request: HttpRequest, **parts: str) -> HttpResponseRedirect:
    """Lead to the one login, which asks for the second factor."""
    target = request.GET.get("next", "")
    query = f"?{urlencode({'next': target})}" if target else ""
    return HttpResponseRedirect(reverse("account_login") + query)
