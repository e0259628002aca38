"""What this app tells others at start: the programme as a scope of grants, its authors' groups, its page in the search."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from wagtail.permissions import register_permission_policy

from portal.audit.sentences import register_labels
from portal.pages.findable import Finding, register_findable
from portal.pages.signals import authoring_entered
from portal.users.models import Role, ScopeKind, User
from portal.users.scopes import ScopeResolver, register_scope
from portal.users.signals import grants_changed

from .authoring import GrantPolicy
from .event_labels import LABELS, SENTENCES
from .groups import sync_program_groups
from .models import Partner, PartnerPage, PartnerProgram
from .queries import access_partners_for, access_programs_for, ended_programs, program_choices, program_label


@receiver(grants_changed)
def keep_program_groups_in_step(user: User, at: datetime, **_: Any) -> None:
    """A programme's groups follow the grants in the same transaction."""
    sync_program_groups(user, timezone.localdate(at))


@receiver(authoring_entered)
def program_rights_of_the_day(user: User, on: date, **_: Any) -> None:
    """On a new day the groups are those of that day's programmes."""
    sync_program_groups(user, on)


def describe_partner(page: PartnerPage) -> Finding:
    """A partner."""
    return Finding("partner", page.partner.uuid)


register_permission_policy(Partner, GrantPolicy(Partner, [Role.ADMINISTRATOR], access_partners_for))
register_permission_policy(PartnerProgram, GrantPolicy(PartnerProgram, [Role.ADMINISTRATOR], access_programs_for))
register_scope(ScopeKind.PROGRAM, ScopeResolver(label=program_label, ended=ended_programs, choices=program_choices))
register_labels(LABELS, SENTENCES)
register_findable(PartnerPage, describe_partner)
