"""People read what they are called from now on, and that their password was changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from portal.users.models import IdentityChange, IdentityField, User
from portal.users.signals import email_corrected, identity_changed

from .actions import notify


@receiver(password_changed)
@receiver(password_reset)
def tell_of_the_password(user: User, **_: Any) -> None:
    """Whoever did not change it learns of it."""
    url = reverse("organizations:my_account")
    notify(user=user, kind="users.password_changed", params={}, url=url, at=timezone.now())


@receiver(identity_changed)
def tell_the_person(change: IdentityChange, at: datetime, **_: Any) -> None:
    """Write a notice in the transaction of the change."""
    kind = "users.renamed" if change.field == IdentityField.NAME else "users.login_name_changed"
    params = {"before": change.before, "after": change.after, "reason": change.reason}
    notify(user=change.user, kind=kind, params=params, url=reverse("organizations:my_account"), at=at)


@receiver(email_corrected)
def tell_of_the_address(user: User, reason: str, at: datetime, **_: Any) -> None:
    """Whoever gets no more mail learns why; the addresses themselves stand in no notice."""
    url = reverse("organizations:my_account")
    notify(user=user, kind="users.email_corrected", params={"reason": reason}, url=url, at=at)
