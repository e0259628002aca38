"""Deciding what becomes of an item whose clause changed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.knowledge.models import LinkState, Provision, ProvisionLink, ReviewDecision, ReviewTask
from portal.knowledge.registry import touch_target
from portal.users.models import User

from .impact import target_of
from .linking import LinkRefused, close_reviews, make_link, withdraw_link


class ReviewDecided(ValueError):
    """Somebody else decided this review in the meantime."""


@transaction.atomic
def decide_review(
    *,
    task: ReviewTask,
    decision: str,
    note: str = "",
    provision: Provision | None = None,
    quote: str = "",
    by: User,
    at: datetime,
) -> ReviewTask:
    """Close a review: the item is right as it is, quotes the new text, or rests on the clause no more.

    Raises ReviewDecided, and LinkRefused where the new text cannot be quoted.
    """
    task = ReviewTask.objects.select_for_update().select_related("link").get(pk=task.pk)
    if task.decided_at is not None:
        raise ReviewDecided(_("This review was decided in the meantime."))
    link = task.link
    if decision == ReviewDecision.WITHDRAWN:
        withdraw_link(link=link, by=by, at=at)
    elif decision == ReviewDecision.REQUOTED:
        fresh = provision or link.standing
        if fresh is None:
            raise LinkRefused(_("The clause is gone from the new text. Choose another one, or take the link away."))
        _settle(link, LinkState.REPLACED)
        make_link(provision=fresh, target=target_of(link), quote=quote, by=by, at=at, supersedes=link)
    else:
        _settle(link, LinkState.CURRENT)
    close_reviews(link=link, decision=decision, note=note, by=by, at=at)
    task.refresh_from_db()
    record(by=by, at=at, event="knowledge.review_decided", target=task, details={"decision": decision})
    touch_target(target_of(link), at)
    return task


def _settle(link: ProvisionLink, state: str) -> None:
    link.state, link.stale_since_date, link.stale_at = state, None, None
    link.save(update_fields=["state", "stale_since_date", "stale_at"])
