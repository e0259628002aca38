"""Staff without a second factor set one up first; an act without a sign-in is offered again; waiting is said."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from . import interrupted
from .limits import address_of, count, seconds_left, tell_to_wait
from .rights import lacks_second_factor

OPEN_NAMES = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "users:second_factor",
        "users:interrupted",
        "notifications:notices",
        "notifications:read",
        "notifications:read_all",
        "idp:oidc:logout",
        "portal:preferences",
        "portal:language",
        "portal:media",
        "javascript-catalog",
        "queue:alive",
        "queue:ready",
    }
)
"""Pages that stay open: setting up a factor, signing out, reading aids, the own notices (they say which role was given)."""


class SecondFactorMiddleware:
    """Holds back everything else, Wagtail's admin and the way to the hub included, until a factor is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Answer in place of the view when a factor is missing."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN_NAMES or not request.user.is_authenticated:
            return None
        if lacks_second_factor(request.user, timezone.localdate()):
            return redirect("users:second_factor")
        return None


class InterruptedActMiddleware:
    """Whoever sends a form without being signed in comes back, after the sign-in, to the form's page with what was sent.

    Without it the sign-in would lead on to the address of the form, which many a time can only be posted to.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and request.user.is_authenticated:
            act = interrupted.offered(request, anywhere=True)
            if act is not None and act["path"] == request.get_full_path():
                interrupted.drop(request)
        response = self.get_response(request)
        if request.user.is_authenticated or not _leads_to_sign_in(response):
            return response
        if request.headers.get("HX-Request"):
            # htmx would put the sign-in page into a part of the page.
            return HttpResponseClientRedirect(redirect_to_login(interrupted.page_of(request)).url)
        if not interrupted.is_sent_by_a_person(request):
            return response
        messages.info(
            request, _("You are not signed in, or no longer. Sign in; after that you can go on where you were.")
        )
        return redirect_to_login(interrupted.keep(request))


def _leads_to_sign_in(response: HttpResponseBase) -> bool:
    target, _mark, query = response.headers.get("Location", "").partition("?")
    return response.status_code == 302 and target == resolve_url(settings.LOGIN_URL) and query.startswith("next=")


WAIT_SECONDS = 60
"""What allauth's limits by the minute ask for; it does not say it itself."""


PASSKEYS_BEGUN = (300, 600)
"""Sign-ins by passkey begun at one address, and seconds. Each writes a row of a session for somebody unknown."""


class WaitingMiddleware:
    """A refusal for being too fast is a 429 that says when to come again, also where a form says it in words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        seconds = getattr(request, "seconds_to_wait", WAIT_SECONDS)
        if hasattr(request, "seconds_to_wait") and response.status_code in (200, 400):
            response.status_code = 429
        if response.status_code == 429 and not response.has_header("Retry-After"):
            response["Retry-After"] = str(seconds)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Nothing else that a stranger may ask for writes to the database without a limit of its own."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name != "mfa_login_webauthn" or count(f"passkey-begun:{address_of(request)}", *PASSKEYS_BEGUN):
            return None
        tell_to_wait(request, seconds_left(PASSKEYS_BEGUN[1]))
        return render(request, "429.html", status=429)
