"""What an auditor reads of policies: published ones have a page that anybody may open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.audit.details import Words
from portal.audit.sentences import Concerned, Describe, Key, uuids

from .models import PolicyWork, ReviewDecision, ReviewTask
from .registry import kind_label


def policies(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Return published policies."""
    rows = PolicyWork.objects.filter(uuid__in=uuids(keys), live=True)
    return {row.uuid: Concerned(address=row.get_absolute_url()) for row in rows}


def reviews(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Return the clause that a review is about."""
    rows = ReviewTask.objects.filter(uuid__in=uuids(keys)).select_related("link__provision")
    return {row.uuid: Concerned(str(row.link)) for row in rows}


ROWS: dict[str, Describe] = {"knowledge.policywork": policies, "knowledge.reviewtask": reviews}
WORDS: dict[str, Words] = {
    "knowledge.review_decided.decision": dict(ReviewDecision.choices),
    "knowledge.link_made.kind": lambda kind: kind_label(str(kind)),
}
