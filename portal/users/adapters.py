"""allauth's seams: no self-signup, factors, and what the hub is told about a person."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Iterable
from typing import Any, Literal

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from portal.writing import code_form

from .attempts import Attempt, remember_device
from .claims import groups_of
from .limits import tell_to_wait
from .login_names import check_login_name
from .models import STAFF_ROLES, User
from .reading_aids import set_own_aids
from .rights import has_role

SECONDS_AFTER_SIGN_IN = 15 * 60
"""How long the sign-in stands for the one who changes factors: setting up an app takes its time."""
SECONDS_AFTER_CODES = 300
"""How long allauth's own limits last at most: those of one-time codes (`ACCOUNT_RATE_LIMITS`)."""


def _has_just_signed_in(request: HttpRequest | None) -> bool:
    if request is None or not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return any(time.time() - record.get("at", 0) < SECONDS_AFTER_SIGN_IN for record in records)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by personnel officers and administrators; nobody signs up. Guessing is slow (`attempts`)."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Let the sign-in itself count as well, for a while: allauth would ask for the password
        again in the next breath."""
        return not _has_just_signed_in(context.request) and bool(
            super().is_reauthentication_required(app=app, **kwargs)
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """In place of allauth's limits, which a stranger can spend for a person and a person for a whole office.

        Raises ValidationError when this address has guessed too often at this name.
        """
        self._attempt = Attempt(request, str(credentials.get("username") or ""))
        if not self._attempt.may_be_made():
            tell_to_wait(request, self._attempt.seconds_to_wait)
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """One form of the login name, however it was typed; a right password counts against nobody."""
        if credentials.get("username"):
            credentials["username"] = code_form(credentials["username"])
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            self._attempt.succeeded()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong one."""
        self._attempt.failed()

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """From now on this browser is known as one of this person's."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_device(request, response, user.username)
        set_own_aids(response, user)
        return response

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Whoever is refused for being too fast is told so in the status too."""
        if code in ("too_many_login_attempts", "rate_limited") and not hasattr(context.request, "seconds_to_wait"):
            tell_to_wait(context.request, SECONDS_AFTER_CODES)
        seconds = getattr(context.request, "seconds_to_wait", 0)
        if code in ("too_many_login_attempts", "rate_limited") and seconds:
            said = ngettext(
                "Too many failed attempts. Try again in %(minutes)d minute.",
                "Too many failed attempts. Try again in %(minutes)d minutes.",
                minutes := max(1, math.ceil(seconds / 60)),
            )
            return ValidationError(said % {"minutes": minutes}, code=code)
        return super().validation_error(code, *args)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff begin with what waits for them, learners with the front page."""
        if has_role(request.user, *STAFF_ROLES, on=timezone.localdate()):
            return reverse("portal:work")
        return str(super().get_login_redirect_url(request))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Hold the rules for login names on every way in."""
        check_login_name(username)
        return str(super().clean_username(username, shallow=shallow))


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: optional for learners, kept by staff."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff may not remove their last factor; they add another one first."""
        user = authenticator.user
        if not has_role(user, *STAFF_ROLES, on=timezone.localdate()):
            return True
        if authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return False
        real = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        return bool(Authenticator.objects.filter(user=user, type__in=real).exclude(pk=authenticator.pk).exists())


class OIDCAdapter(DefaultOIDCAdapter):
    """The portal as OpenID provider: identity is an immutable uuid; nobody is told to be the hub's admin."""

    def get_issuer(self) -> str:
        """Return the configured address, however the portal was reached."""
        return settings.PORTAL_URL

    def get_user_sub(self, client: Client, user: User) -> str:
        """Stable subject that says nothing about the person."""
        return str(user.uuid)

    def get_user_by_sub(self, client: Client, sub: str) -> User | None:
        """Return the active user of a subject."""
        try:
            wanted = uuid.UUID(sub)
        except ValueError:
            return None
        return User.objects.filter(uuid=wanted, is_active=True).first()

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: User,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Return the usual claims, the name in the hub, and groups from roles and enrollments."""
        claims: dict[str, Any] = super().get_claims(purpose, user, client, scopes, email=email, **kwargs)
        claims["hub_username"] = user.hub_username
        if "roles" in scopes:
            claims["groups"] = groups_of(user, timezone.localdate())
        return claims

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        """Only what is really offered."""
        data["scopes_supported"] = ["openid", "profile", "roles"]
        data["grant_types_supported"] = ["authorization_code", "refresh_token"]
        data["response_types_supported"] = ["code"]
        data.pop("device_authorization_endpoint", None)
