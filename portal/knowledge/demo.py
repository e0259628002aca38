"""Policies of the demo province: a made-up regulation in two texts, a made-up rule, its explanation, and terms.

The words are in `demo_content/`, ours and free to use. Upper apps link their demo items with `link_demo_clause`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from portal.users.models import User

from .actions import LinkRefused, import_source, make_link, relate_texts
from .demo_terms import TERMS
from .entries import put_term
from .models import GlossaryTerm, PolicyWork, ProvisionLink
from .moderation import set_up_moderation
from .queries import expression_at
from .registry import TargetRef
from .sources import file_source
from .taxonomy import load_standards

CONTENT = Path(__file__).parent / "demo_content"
TEXTS = (
    "qinchuan-smart-city.2023",
    "qinchuan-data-sharing.2024",
    "qinchuan-sharing-explained.2024",
    "qinchuan-smart-city.2026",
)


def seed(*, at: datetime, texts: Iterable[str] = TEXTS) -> int:
    """Take in what is not there yet and return how many texts were new."""
    set_up_moderation()
    load_standards(at=at)
    made = 0
    for name in texts:
        file = CONTENT / f"{name}.md"
        source = file_source(file.name, file.read_bytes())
        outcome = import_source(source=source, by=None, at=at)
        made += outcome.result in ("made", "changed")
        if outcome.expression is not None:
            relate_texts(expressions=[outcome.expression.pk], at=at)
    with transaction.atomic():
        for term in TERMS:
            row, is_new = GlossaryTerm.objects.get_or_create(term=term["term"], defaults=term)
            if is_new:
                put_term(row, at)
    return made


@transaction.atomic
def link_demo_clause(
    *, policy: str, eid: str, target: TargetRef, quote: str = "", at: datetime
) -> ProvisionLink | None:
    """Let a demo item rest on a clause of the text of the day, once."""
    work = PolicyWork.objects.filter(code=policy).first()
    expression = expression_at(work, timezone.localdate(at)) if work is not None else None
    clause = expression.provisions.filter(eid=eid).first() if expression is not None else None
    known = ProvisionLink.objects.filter(target_kind=target.kind, target_uuid=target.uuid, target_part=target.part)
    if clause is None or known.filter(provision__expression__work=work).exists():
        return None
    by: User | None = None
    try:
        return make_link(provision=clause, target=target, quote=quote, by=by, at=at)
    except LinkRefused:
        return None
