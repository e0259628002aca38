"""What this app tells others at start: the program as a scope of grants, its authors' groups, its page in the search."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.permissions import register_permission_policy

from portal.audit.sentences import register_labels
from portal.pages.findable import Finding, register_findable
from portal.users.models import Role, ScopeKind
from portal.users.scopes import ScopeResolver, register_scope

from . import receivers  # noqa: F401  (they connect themselves)
from .authoring import GrantPolicy
from .event_labels import LABELS, SENTENCES
from .models import Partner, PartnerPage, PartnerProgram
from .queries import AUTHORS, access_partners_for, access_programs_for, ended_programs, program_choices, program_label


def describe_partner(page: PartnerPage) -> Finding:
    """Return a partner."""
    return Finding("partner", page.partner.uuid)


register_permission_policy(Partner, GrantPolicy(Partner, [Role.ADMINISTRATOR], access_partners_for))
register_permission_policy(PartnerProgram, GrantPolicy(PartnerProgram, [Role.ADMINISTRATOR], access_programs_for))
register_scope(
    ScopeKind.PROGRAM,
    ScopeResolver(
        name=_("Partner program"),
        roles=AUTHORS,
        label=program_label,
        ended=ended_programs,
        choices=program_choices,
        lies_anywhere=True,
    ),
)
register_labels(LABELS, SENTENCES)
register_findable(PartnerPage, describe_partner)
