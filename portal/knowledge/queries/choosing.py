"""Clauses as an editor names them in a chooser."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from portal.knowledge.models import PolicyWork, Provision
from portal.knowledge.parsing.pieces import article_eid
from search.numerals import PRINTED

REFERENCE = re.compile(rf"第?([{PRINTED}]+)条(之[{PRINTED}]+)?")


def clauses_named(clauses: QuerySet[Provision], words: str) -> QuerySet[Provision]:
    """Clauses that the words name: a policy, an article's number, words of the text; the newest texts first."""
    reference = REFERENCE.search(words)
    rest = REFERENCE.sub(" ", words) if reference else words
    if reference is not None:
        eid = article_eid(f"第{reference[1]}条{reference[2] or ''}") or ""
        clauses = clauses.filter(Q(eid=eid) | Q(eid__startswith=f"{eid}-p") | Q(eid__startswith=f"{eid}~"))
    for word in re.split(r"[\s《》“”]+", rest):
        if not word:
            continue
        works = PolicyWork.objects.filter(Q(title__icontains=word) | Q(aliases__icontains=word) | Q(code=word))
        named = clauses.filter(expression__work__in=works.values("pk"))
        clauses = named if works.exists() else clauses.filter(text__contains=word)
    return clauses.order_by("-expression_id", "order", "pk")
