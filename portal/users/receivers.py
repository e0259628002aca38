"""What follows from events of sign-in and rights. Receivers only write rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.idp.oidc.models import Token
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.audit.actions import record

from .interrupted import remember_form_owner
from .models import User
from .signals import access_reduced, grants_changed
from .wagtail_groups import sync_groups

LONGEST_NAME_COUNTED = 200


@receiver(grants_changed)
def keep_groups_in_step(user: User, at: datetime, **_: Any) -> None:
    """Wagtail's groups follow the grants in the same transaction."""
    sync_groups(user, timezone.localdate(at))


@receiver(access_reduced)
def end_provider_tokens(user: User, **_: Any) -> None:
    """Whoever loses rights signs in to the hub anew, if at all: `authorize` asks for a role."""
    Token.objects.filter(user=user).delete()


@receiver(user_logged_in)
def note_sign_in(user: User, **_: Any) -> None:
    """Note a sign-in."""
    record(by=user, at=timezone.now(), event="users.signed_in", target=user)


@receiver(user_logged_in)
def note_whose_forms(user: User, request: HttpRequest | None = None, **_: Any) -> None:
    """Forms that this browser gets from now on are this person's."""
    if request is not None:
        remember_form_owner(request, user.pk)


@receiver(user_login_failed)
def note_failed_sign_in(credentials: dict[str, Any], **_: Any) -> None:
    """Note a refused sign-in. A name that nobody has is not kept: people type passwords there, and worse."""
    typed = str(credentials.get("username") or "")[:LONGEST_NAME_COUNTED]
    known = User.objects.filter(username__iexact=typed).first()
    details = {"username": known.username} if known else {"unknown_name": _count_mark(typed)}
    record(by=None, at=timezone.now(), event="users.sign_in_failed", target=known, details=details)


def _count_mark(typed: str) -> str:
    """16 bits under a key: tells many guesses from one name tried often, and confirms no guess at what was typed."""
    return salted_hmac("chengxue.users.unknown_name", typed, algorithm="sha256").hexdigest()[:4]


@receiver(user_logged_out)
def end_hub_sign_in(user: User | None, **_: Any) -> None:
    """Signing out here signs out of the hub (`access_reduced`)."""
    if user is None:
        return
    at = timezone.now()
    with transaction.atomic():
        record(by=user, at=at, event="users.signed_out", target=user)
        access_reduced.send(sender=User, user=user, reason="logout", at=at)


@receiver(password_changed)
@receiver(password_reset)
def note_password_change(user: User, **_: Any) -> None:
    """Note a password that its owner changed; sessions elsewhere end because their hash no longer fits."""
    at = timezone.now()
    with transaction.atomic():
        record(by=user, at=at, event="users.password_changed", target=user)
        access_reduced.send(sender=User, user=user, reason="password_reset", at=at)


@receiver(authenticator_added)
def note_factor_added(user: User, authenticator: Any, **_: Any) -> None:
    """Note a second factor that was set up."""
    details = {"type": authenticator.type}
    record(by=user, at=timezone.now(), event="users.second_factor_added", target=user, details=details)


@receiver(authenticator_removed)
def note_factor_removed(user: User, authenticator: Any, **_: Any) -> None:
    """Note a second factor that was removed."""
    details = {"type": authenticator.type}
    record(by=user, at=timezone.now(), event="users.second_factor_removed", target=user, details=details)
