"""What this app tells others at start: how places nest, who may read what of the audit, what happens to posts by date."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from portal.audit.details import register_detail_rows, register_fields, register_words
from portal.audit.permissions import register_erasing, register_reading
from portal.audit.sentences import register_labels
from portal.queue.registry import Chore, register_chore
from portal.users.models import Role, ScopeKind
from portal.users.scopes import ScopeResolver, register_reach, register_scope
from search.registry import register_facet_labels

from .actions.roles import follow_posts_that_began
from .actions.transfers import expire_transfers
from .audit_words import DETAIL_ROWS, FIELDS, WORDS
from .event_labels import LABELS, SENTENCES
from .queries import managed_people_for
from .reading import may_erase, readable_events
from .region_names import region_name
from .scopes import around_organization, around_region, organization_label, province_label, region_label

ROLES = frozenset(Role) - {Role.INSTRUCTOR, Role.LAB_AUTHOR, Role.POLICY_EDITOR}
"""Roles that mean something in any place; who teaches does so in programs and runs, and policies are the province's."""

register_scope(
    ScopeKind.PROVINCE,
    ScopeResolver(name=_("Province"), roles=ROLES | {Role.POLICY_EDITOR}, label=province_label),
)
register_scope(
    ScopeKind.REGION,
    ScopeResolver(name=_("Region"), roles=ROLES, label=region_label, enclosing=around_region),
)
register_scope(
    ScopeKind.ORGANIZATION,
    ScopeResolver(name=_("Organization"), roles=ROLES, label=organization_label, enclosing=around_organization),
)
register_reach(managed_people_for)
register_chore(Chore("organizations.follow_posts", timedelta(minutes=5), follow_posts_that_began))
register_chore(Chore("organizations.expire_transfers", timedelta(hours=6), expire_transfers))
register_labels(LABELS, SENTENCES)
register_detail_rows(DETAIL_ROWS)
register_words(WORDS)
for event, model in FIELDS.items():
    register_fields(event, model)
register_reading(readable_events)
register_erasing(may_erase)
register_facet_labels("region", region_name)
