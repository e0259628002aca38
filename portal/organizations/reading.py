"""Which audit events an auditor may read, and who may erase the words in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from portal.users.models import Role, ScopeKind
from portal.users.rights import scopes_of

from .queries import access_organizations_for, people_of


def readable_events(user: Any, on: date) -> Q | None:
    """Everything for an auditor of the province; of a smaller place, what its people did or what concerns them."""
    scopes = scopes_of(user, Role.AUDITOR, on=on)
    if not scopes:
        return None
    if any(scope.kind == ScopeKind.PROVINCE for scope in scopes):
        return Q()
    people = people_of(access_organizations_for(user, on, [Role.AUDITOR.value]), on)
    return Q(actor__in=people.values("pk")) | Q(target_uuid__in=people.values("uuid"))


def may_erase(user: Any, on: date) -> bool:
    """Administrators of a province: erasing is a duty towards people, not a part of reading."""
    return any(scope.kind == ScopeKind.PROVINCE for scope in scopes_of(user, Role.ADMINISTRATOR, on=on))
