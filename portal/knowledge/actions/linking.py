"""Links between clauses and what rests on them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.knowledge.models import LinkState, Provision, ProvisionLink, ReviewDecision, ReviewTask
from portal.knowledge.parsing.pieces import text_hash
from portal.knowledge.registry import TargetRef, touch_target
from portal.users.models import User

from .impact import standing_of, target_of


class LinkRefused(ValueError):
    """The quoted words do not stand in the clause, or the link is there already."""


@transaction.atomic
def make_link(
    *,
    provision: Provision,
    target: TargetRef,
    quote: str = "",
    by: User | None,
    at: datetime,
    supersedes: ProvisionLink | None = None,
) -> ProvisionLink:
    """Note that the target rests on the clause; without a quote it rests on all its words. Raises LinkRefused."""
    quote = quote.strip() or provision.text
    if "".join(quote.split()) not in "".join(provision.text.split()):
        raise LinkRefused(_("These words do not stand in the clause. Copy them from its text."))
    shown = ProvisionLink.objects.shown().filter(
        provision=provision, target_kind=target.kind, target_uuid=target.uuid, target_part=target.part
    )
    if shown.exists():
        raise LinkRefused(_("This item is linked to this clause already."))
    link = ProvisionLink.objects.create(
        provision=provision,
        standing=standing_of(provision),
        target_kind=target.kind,
        target_uuid=target.uuid,
        target_part=target.part,
        quote=quote,
        quote_sha256=text_hash(quote),
        supersedes=supersedes,
        created_at=at,
        created_by=by,
    )
    record(by=by, at=at, event="knowledge.link_made", target=link, details={"kind": target.kind})
    touch_target(target, at)
    return link


@transaction.atomic
def withdraw_link(*, link: ProvisionLink, by: User | None, at: datetime) -> ProvisionLink:
    """Take a link away; its row stays."""
    link.state, link.stale_since_date, link.stale_at = LinkState.WITHDRAWN, None, None
    link.save(update_fields=["state", "stale_since_date", "stale_at"])
    close_reviews(link=link, decision=ReviewDecision.WITHDRAWN, note="", by=by, at=at)
    record(by=by, at=at, event="knowledge.link_withdrawn", target=link)
    touch_target(target_of(link), at)
    return link


def close_reviews(*, link: ProvisionLink, decision: str, note: str, by: User | None, at: datetime) -> int:
    """Decide every open review of a link at once; returns how many there were."""
    open_reviews = ReviewTask.objects.open().filter(link=link)
    return open_reviews.update(decision=decision, note=note, decided_at=at, decided_by=by)
