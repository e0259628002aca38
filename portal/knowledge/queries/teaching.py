"""What teaches a clause, and which clauses an item rests on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from portal.knowledge.models import PolicyWork, Provision, ProvisionLink
from portal.knowledge.parsing.pieces import clause_eid
from portal.knowledge.registry import TargetCard, TargetRef, kind_label, resolve_targets


@dataclass(frozen=True)
class Teaching:
    """An item that rests on a clause, as a reader of the policy sees it."""

    link: ProvisionLink
    kind: str
    card: TargetCard


@dataclass(frozen=True)
class LinkedClause:
    """A clause that an item rests on, as a reader of the item sees it."""

    link: ProvisionLink
    work: PolicyWork
    quoted: Provision
    part: str

    @property
    def is_stale(self) -> bool:
        """Whether the clause changed since."""
        return self.link.is_stale

    @property
    def since(self) -> date | None:
        """The day from which the new words hold."""
        return self.link.stale_since_date

    @property
    def url(self) -> str:
        """The clause as it stands; one that is gone, as it was."""
        standing = self.link.standing
        if standing is not None:
            return f"{self.work.get_absolute_url()}#{standing.eid}"
        return f"{self.work.get_absolute_url()}?text={self.quoted.expression.uuid}#{self.quoted.eid}"

    @property
    def number(self) -> str:
        """What the clause is called now."""
        return clause_name(self.link.standing or self.quoted)


def clause_name(provision: Provision) -> str:
    """第二十七条; of a paragraph or item, its article with it."""
    printed = provision.number.strip("¶")
    if printed and provision.is_clause:
        return printed
    article = clause_eid(provision.eid)
    above = Provision.objects.filter(expression_id=provision.expression_id, eid=article).first()
    name = (above.number.strip("¶") if above else "") or provision.path.rpartition(" / ")[2]
    return f"{name}{printed}" if name or printed else provision.eid


def teachings_of(work: PolicyWork, user: Any, language: str) -> list[Teaching]:
    """Everything that rests on the policy's clauses as they stand; three queries and one per kind."""
    links = ProvisionLink.objects.shown().filter(provision__expression__work=work)
    rows = list(links.select_related("provision", "standing").order_by("provision__order", "pk"))
    cards = resolve_targets((_ref(row) for row in rows), user, language)
    return [Teaching(row, kind_label(row.target_kind), cards[ref]) for row in rows if (ref := _ref(row)) in cards]


def clauses_behind(kind: str, target_uuids: Sequence[uuid.UUID] | QuerySet[Any, uuid.UUID]) -> list[LinkedClause]:
    """Clauses that the items rest on; those that changed come first; one query."""
    links = ProvisionLink.objects.shown().filter(target_kind=kind, target_uuid__in=target_uuids)
    rows = links.select_related("provision__expression__work", "standing").order_by("-state", "provision_id", "pk")
    return [
        LinkedClause(row, row.provision.expression.work, row.provision, row.target_part)
        for row in rows
        if row.provision.expression.work.live
    ]


def is_stale_target(kind: str, target_uuid: uuid.UUID) -> bool:
    """Return whether something that the item rests on changed and nobody has looked at it yet."""
    return ProvisionLink.objects.filter(state="stale", target_kind=kind, target_uuid=target_uuid).exists()


def _ref(row: ProvisionLink) -> TargetRef:
    return TargetRef(row.target_kind, row.target_uuid, row.target_part)
