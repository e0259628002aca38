"""What replaced a repealed policy."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from portal.knowledge.models import PolicyRelation, PolicyWork, RelationKind


def replacements_of(works: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, tuple[str, str]]:
    """Return title and address of the published policy that repealed each of the works; of several the latest."""
    relations = PolicyRelation.objects.filter(
        kind=RelationKind.REPEALS, target__uuid__in=list(works), subject__in=PolicyWork.objects.published()
    )
    # Without a day first, so that one with a day counts.
    relations = relations.select_related("subject", "target").order_by("effective_date", "pk")
    dated = sorted(relations, key=lambda relation: relation.effective_date is not None)
    return {one.target.uuid: (one.subject.title, one.subject.get_absolute_url()) for one in dated}
