"""Staff without a second factor are led to set one up first; whoever is too fast is told when to come again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from .limits import address_of, count, seconds_left, tell_to_wait
from .queries import lacks_second_factor

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
        "idp:oidc:logout",
        "portal:preferences",
        "portal:language",
        "portal:media",
        "javascript-catalog",
        "queue:alive",
        "queue:ready",
    }
)
"""Pages that stay open: setting up a factor, signing out, reading aids."""


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
