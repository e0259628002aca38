"""Printed one-time codes with which people set their password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import QuerySet

from portal.audit.actions import record
from portal.users.actions.accounts import end_sign_ins, require_charge_of
from portal.users.models import PasswordSlip, User
from portal.users.signals import access_reduced
from portal.writing import code_form

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Characters that nobody misreads on paper."""
GROUPS, GROUP_LENGTH = 4, 4
VALID_FOR = timedelta(days=7)


class SlipNotValid(ValueError):
    """The code is wrong, used, replaced or too old; which one is not said to the person."""


def code_hash(code: str) -> str:
    """Hash under which a code is kept; spaces, hyphens and letter case do not matter. 78 random bits need no salt."""
    plain = "".join(character for character in code_form(code).upper() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def newest_slip(user: User) -> PasswordSlip | None:
    """Return the slip that was made last, valid or not."""
    return user.slips.order_by("-created_at", "-pk").first()


@transaction.atomic
def make_password_slip(*, user: User, by: User | None, at: datetime) -> str:
    """Make a slip and return its code, which is shown once and kept nowhere. Older slips stop working.

    Raises PermissionDenied when the account is one's own or has more rights than `by`.
    """
    require_charge_of(by, user, at)
    user.slips.filter(used_at__isnull=True, expires_at__gt=at).update(expires_at=at)
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    PasswordSlip.objects.create(
        user=user, code_hash=code_hash(code), created_at=at, created_by=by, expires_at=at + VALID_FOR
    )
    record(by=by, at=at, event="users.slip_made", target=user)
    return code


def set_password_with_slip(*, username: str, code: str, password: str, at: datetime) -> User:
    """Use up the slip and set the person's password; every older sign-in of theirs ends.

    Raises SlipNotValid, or ValidationError for a password that is too weak (the slip stays valid).
    """
    wanted = code_hash(code)
    user = _fitting(PasswordSlip.objects.all(), wanted, username, at).user
    validate_password(password, user)
    # Before the transaction: it takes a fifth of a second, for which nobody else could write.
    return _use_slip(wanted, username, make_password(password), at)


@transaction.atomic
def _use_slip(wanted: str, username: str, hashed: str, at: datetime) -> User:
    slip = _fitting(PasswordSlip.objects.select_for_update(of=("self",)), wanted, username, at)
    user = slip.user
    slip.used_at = at
    slip.save(update_fields=["used_at"])
    user.password = hashed
    user.save(update_fields=["password"])
    end_sign_ins(user)
    record(by=user, at=at, event="users.password_set_with_slip", target=user)
    access_reduced.send(sender=User, user=user, reason="password_reset", at=at)
    return user


def _fitting(slips: QuerySet[PasswordSlip], wanted: str, username: str, at: datetime) -> PasswordSlip:
    """Return the slip that holds for the login name. Raises SlipNotValid."""
    holding = slips.filter(code_hash=wanted, used_at__isnull=True, expires_at__gt=at, user__is_active=True)
    slip = holding.select_related("user").first()
    if slip is None or not hmac.compare_digest(
        slip.user.username.lower().encode(), code_form(username).lower().encode()
    ):
        raise SlipNotValid
    return slip
