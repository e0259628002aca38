"""Who is told that a certificate cannot be printed: its holder, the personnel officers in charge, the administrators."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.notifications.actions import renew_notice
from portal.organizations.queries import administrators
from portal.users.models import Role, RoleGrant, User
from portal.users.scopes import is_in_reach

from .models import CertificationAward


@transaction.atomic
def tell_unprintable(*, award: CertificationAward, characters: str, at: datetime) -> None:
    """Leave a notice with each of them, once while it is unread; `characters` are those that no font has."""
    on, holder = timezone.localdate(at), award.user
    own = f"{reverse('certification:certificates')}#{award.serial}"
    names = {"certification": award.certification.name, "serial": award.serial}
    renew_notice(user=holder, kind="certification.unprintable", params=names, url=own, at=at)
    kind = "certification.glyph_missing" if characters else "certification.does_not_fit"
    named = "、".join(f"{character} (U+{ord(character):04X})" for character in characters)
    page = f"{reverse('hr:person', args=[holder.uuid])}#{award.serial}"
    params = {**names, "name": holder.name, "characters": named}
    for person in _in_charge(holder, at):
        renew_notice(user=person, kind=kind, params=params, url=page, at=at)
    for person in administrators(on).exclude(pk=holder.pk):
        renew_notice(user=person, kind=kind, params=params, url=page, at=at)


def _in_charge(holder: User, at: datetime) -> list[User]:
    on = timezone.localdate(at)
    officers = RoleGrant.objects.in_force(on).filter(role=Role.HR).values("user")
    people = User.objects.filter(pk__in=officers, is_active=True).exclude(pk=holder.pk)
    return [person for person in people if is_in_reach(person, holder, on)]
