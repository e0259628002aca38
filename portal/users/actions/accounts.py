"""Making, closing and opening accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.users.identities import login_name_is_taken
from portal.users.login_names import check_login_name
from portal.users.models import User
from portal.users.permissions import ACCOUNT_ROLES, can_manage, require_role
from portal.users.signals import access_reduced, grants_changed
from portal.writing import code_form, name_form


@transaction.atomic
def create_user(
    *, username: str, name: str, email: str = "", password: str | None = None, by: User | None, at: datetime
) -> User:
    """Make an account without a password; `by` is a personnel officer, an administrator or the installation.

    Raises ValidationError for a login name that is taken, or is an ID-card or phone number.
    """
    if by is not None:
        require_role(by, *ACCOUNT_ROLES, on=timezone.localdate(at))
    username, name = code_form(username), name_form(name)
    check_login_name(username)
    if login_name_is_taken(username):
        raise ValidationError(_("This login name is taken. Choose another one."), code="taken")
    user = User.objects.create_user(username, password, name=name, email=email, created_at=at, created_by=by)
    record(by=by, at=at, event="users.user_created", target=user, details={"username": username})
    return user


def require_charge_of(by: User | None, user: User, at: datetime) -> None:
    """Raise PermissionDenied unless `by` may act on the account (None: the installation)."""
    if by is not None and not can_manage(by, user, timezone.localdate(at)):
        raise PermissionDenied


def end_sign_ins(user: User) -> None:
    """End every session of the user and every token that the portal gave the hub for them."""
    if apps.is_installed("allauth.usersessions"):  # the lab API's process has no sessions
        for session in apps.get_model("usersessions", "UserSession").objects.filter(user=user):
            session.end()
    Token.objects.filter(user=user).delete()


@transaction.atomic
def end_session(*, session: Any, by: User, at: datetime) -> None:
    """End one sign-in of `by`'s own. Raises PermissionDenied for somebody else's."""
    if session.user_id != by.pk:
        raise PermissionDenied
    record(
        by=by, at=at, event="users.session_ended", target=by, details={"signed_in_at": session.created_at.isoformat()}
    )
    session.end()


@transaction.atomic
def deactivate_user(*, user: User, reason: str = "", by: User | None, at: datetime) -> None:
    """Close the account: no sign-in, no rights, running sessions and labs end. Grants stay for reactivation."""
    require_charge_of(by, user, at)
    if not user.is_active:
        return
    user.is_active, user.deactivated_at = False, at
    user.save(update_fields=["is_active", "deactivated_at"])
    end_sign_ins(user)
    # A slip that is still on somebody's desk must not open the account once it is opened again.
    user.slips.filter(used_at__isnull=True, expires_at__gt=at).update(expires_at=at)
    record(by=by, at=at, event="users.user_deactivated", target=user, details={"reason": reason})
    grants_changed.send(sender=User, user=user, at=at)
    access_reduced.send(sender=User, user=user, reason="deactivated", at=at)


@transaction.atomic
def reactivate_user(*, user: User, by: User | None, at: datetime) -> None:
    """Open the account again, with the rights it had."""
    require_charge_of(by, user, at)
    if user.is_active:
        return
    user.is_active, user.deactivated_at = True, None
    user.save(update_fields=["is_active", "deactivated_at"])
    record(by=by, at=at, event="users.user_reactivated", target=user)
    grants_changed.send(sender=User, user=user, at=at)


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None, at: datetime) -> None:
    """Remove the factors of someone who lost their device; they set up new ones at the next sign-in."""
    require_charge_of(by, user, at)
    removed, _rows = Authenticator.objects.filter(user=user).delete()
    end_sign_ins(user)
    record(by=by, at=at, event="users.second_factor_reset", target=user, details={"removed": removed})
    access_reduced.send(sender=User, user=user, reason="second_factor_reset", at=at)
