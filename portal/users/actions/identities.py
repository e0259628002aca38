"""Correcting what a person is called: name, login name, e-mail. What they were called stays known."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.users.actions.accounts import require_charge_of
from portal.users.identities import login_name_is_taken
from portal.users.login_names import check_login_name
from portal.users.models import IdentityChange, IdentityField, User
from portal.users.signals import email_corrected, identity_changed
from portal.writing import check_writable, code_form, name_form


@transaction.atomic
def rename_person(*, user: User, name: str, reason: str, by: User | None, at: datetime) -> IdentityChange | None:
    """Give the person the name; the old one is kept. None when it is the name already.

    Certificates that were issued keep what they print. Raises PermissionDenied, and ValidationError for no name.
    """
    require_charge_of(by, user, at)
    check_writable(name)
    name = name_form(name)
    if not name:
        raise ValidationError({"name": _("Enter the name.")})
    change = _change(user, IdentityField.NAME, name, reason=reason, by=by, at=at)
    if change is not None:
        record(by=by, at=at, event="users.renamed", target=user, details={"change": str(change.uuid), "reason": reason})
    return change


@transaction.atomic
def change_login_name(
    *, user: User, username: str, reason: str, by: User | None, at: datetime
) -> IdentityChange | None:
    """Give the person another login name; nobody else ever gets the old one. None when nothing changes.

    Running sign-ins go on. Raises PermissionDenied, and ValidationError for a name that is taken or not allowed.
    """
    require_charge_of(by, user, at)
    username = code_form(username)
    try:
        check_login_name(username)
    except ValidationError as error:
        raise ValidationError({"username": error.messages}) from error
    if login_name_is_taken(username, by_other_than=user):
        raise ValidationError({"username": _("This login name is taken. Choose another one.")})
    change = _change(user, IdentityField.LOGIN_NAME, username, reason=reason, by=by, at=at)
    if change is not None:
        details = {"from": change.before, "to": change.after, "reason": reason}
        record(by=by, at=at, event="users.login_name_changed", target=user, details=details)
    return change


@transaction.atomic
def correct_email(*, user: User, email: str, reason: str, by: User | None, at: datetime) -> bool:
    """Correct the address (empty: there is none); False when it is the address already.

    Raises PermissionDenied, and ValidationError for what is no address. No former address is kept.
    """
    require_charge_of(by, user, at)
    email = "".join(unicodedata.normalize("NFKC", email).split())
    local, sign, domain = email.rpartition("@")
    email = f"{local}{sign}{domain.lower()}"
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise ValidationError({"email": error.messages}) from error
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.email == email:
        return False
    locked.email = user.email = email
    locked.save(update_fields=["email"])
    record(by=by, at=at, event="users.email_corrected", target=user, details={"reason": reason})
    email_corrected.send(sender=User, user=user, reason=reason, at=at)
    return True


@transaction.atomic
def correct_identity(
    *, user: User, name: str, username: str, email: str, reason: str, by: User | None, at: datetime
) -> list[str]:
    """Correct whichever of the three differs, all or nothing; the names of the fields that changed."""
    done = {
        "name": rename_person(user=user, name=name, reason=reason, by=by, at=at) is not None,
        "username": change_login_name(user=user, username=username, reason=reason, by=by, at=at) is not None,
        "email": correct_email(user=user, email=email, reason=reason, by=by, at=at),
    }
    return [field for field, is_changed in done.items() if is_changed]


def _change(
    user: User, field: IdentityField, after: str, *, reason: str, by: User | None, at: datetime
) -> IdentityChange | None:
    column = "name" if field == IdentityField.NAME else "username"
    locked = User.objects.select_for_update().get(pk=user.pk)
    before = str(getattr(locked, column))
    if before == after:
        return None
    for person in (locked, user):
        setattr(person, column, after)
    locked.save(update_fields=[column])
    change = IdentityChange.objects.create(
        user=user, field=field, before=before, after=after, reason=reason[:200], changed_at=at, changed_by=by
    )
    identity_changed.send(sender=IdentityChange, change=change, at=at)
    return change
