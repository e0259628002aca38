"""Who may change an award. Whose awards those are is decided by `queries.managed_awards_for`."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied

from portal.organizations.queries import managed_people_for
from portal.users.models import User

from .models import CertificationAward


def can_manage_award(user: User, award: CertificationAward, on: date) -> bool:
    """Return whether the user looks after the holder as hr or administrator; nobody changes the own award."""
    return user.pk != award.user_id and managed_people_for(user, on).filter(pk=award.user_id).exists()


def require_manage_award(user: User, award: CertificationAward, on: date) -> None:
    """Raise PermissionDenied unless the user may change the award."""
    if not can_manage_award(user, award, on):
        raise PermissionDenied
