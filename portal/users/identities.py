"""Names that people had: found by search, kept from being given to somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from portal.writing import code_form, name_key

from .models import IdentityChange, IdentityField, User


def login_name_is_taken(username: str, *, by_other_than: User | None = None) -> bool:
    """Return whether somebody else has the login name or had it once: the record names people by it."""
    holders = User.objects.filter(username__iexact=username)
    formers = IdentityChange.objects.filter(field=IdentityField.LOGIN_NAME, before__iexact=username)
    if by_other_than is not None:
        holders, formers = holders.exclude(pk=by_other_than.pk), formers.exclude(user=by_other_than)
    return holders.exists() or formers.exists()


def former_login_names(usernames: Iterable[str]) -> dict[str, int]:
    """Return whose each former login name was, in small letters with the person's number: nobody else ever gets one."""
    wanted = {name.lower() for name in usernames}
    changes = IdentityChange.objects.filter(field=IdentityField.LOGIN_NAME).alias(key=Lower("before"))
    return {before.lower(): pk for before, pk in changes.filter(key__in=wanted).values_list("before", "user")}


def changes_of(user: User) -> QuerySet[IdentityChange]:
    """Return what was corrected, newest first."""
    return IdentityChange.objects.filter(user=user).select_related("changed_by").order_by("-pk")


def name_until(user: User, name: str) -> date | None:
    """Last day on which the person had the name; None when it was never a former one."""
    wanted = name_key(name)
    for change in changes_of(user).filter(field=IdentityField.NAME):
        if name_key(change.before) == wanted:
            return timezone.localdate(change.changed_at)
    return None


def named_exactly(username: str, name: str) -> User | None:
    """Return the person with this login name, if the name is theirs too, today or formerly."""
    user = User.objects.filter(username__iexact=code_form(username), is_active=True).first()
    if user is None:
        return None
    is_name = name_key(name) == name_key(user.name) or name_until(user, name) is not None
    return user if is_name else None
