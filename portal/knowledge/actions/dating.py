"""What the calendar changes: a text whose day has come holds from then on, one whose day is over no longer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.knowledge.entries import put_work
from portal.knowledge.models import PolicyStatus, PolicyWork
from portal.knowledge.queries import current_of
from portal.queue.turns import in_turns

from .impact import follow_repeal

DAYS = 3
"""How far back a missed day is caught up; entries that are right already cost one look."""


def follow_calendar(*, at: datetime) -> int:
    """Let policies hold whose first day has come and make the search follow; returns how many it looked at.

    Each policy in a transaction, which finds nothing to do where it was done before.
    """
    on = timezone.localdate(at)
    came = PolicyWork.objects.filter(
        expressions__effective_date__lte=on, expressions__effective_date__gt=on - timedelta(days=DAYS)
    )
    waiting = PolicyWork.objects.filter(status=PolicyStatus.NOT_YET)
    ended = PolicyWork.objects.filter(
        status__in=(PolicyStatus.IN_FORCE, PolicyStatus.AMENDED), repealed_date__isnull=False, repealed_date__lte=on
    )
    works = {work.pk: work for work in (*came.distinct(), *waiting, *ended)}
    for work in in_turns(works.values()):
        _follow(work, on, at)
    return len(works)


@transaction.atomic
def _follow(work: PolicyWork, on: date, at: datetime) -> None:
    current = current_of(list(work.expressions.in_order()), on)
    day = current.effective_date if current is not None else work.effective_date
    if work.status == PolicyStatus.NOT_YET and day is not None and day <= on:
        work.status = PolicyStatus.IN_FORCE
        work.save(update_fields=["status"])
        record(by=None, at=at, event="knowledge.policy_in_force", target=work)
    if work.status in (PolicyStatus.IN_FORCE, PolicyStatus.AMENDED) and (work.repealed_date or date.max) <= on:
        work.status = PolicyStatus.REPEALED
        work.save(update_fields=["status"])
        record(by=None, at=at, event="knowledge.policy_ended", target=work)
        if current is not None:
            follow_repeal(work=work, by_text=current, at=at)
    put_work(work, at)
