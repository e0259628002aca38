"""Relations that the texts themselves tell: which policies they name, and which they repeal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.knowledge.entries import put_work
from portal.knowledge.models import PolicyExpression, PolicyRelation, PolicyStatus, PolicyWork, Provision, RelationKind
from portal.knowledge.parsing.about import About

from .impact import follow_repeal

NAMED = re.compile(r"《([^《》]{2,120})》")
REPEALED = re.compile(r"[^。；\n]*同时废止")


def relate_texts(*, expressions: Iterable[int], at: datetime) -> int:
    """Note which policies the texts name, and repeal those of which they say 同时废止; returns new relations."""
    titles = _titles()
    found: dict[tuple[int, str, int], bool] = {}
    repeals: list[tuple[int, int]] = []
    for expression_id in expressions:
        clauses = Provision.objects.clauses().filter(expression_id=expression_id, text__contains="《")
        for work_id, text in clauses.values_list("expression__work_id", "text").iterator(2000):
            _read(work_id, text, titles, found)
            for sentence in REPEALED.findall(text):
                gone = [titles.get(name) for name in NAMED.findall(sentence)]
                repeals += [(expression_id, target) for target in gone if target and target != work_id]
    made = _keep(found)
    for expression_id, target_id in repeals:
        _repeal(expression_id, target_id, at)
    return made


@transaction.atomic
def relate_named(*, work: PolicyWork, about: About) -> None:
    """Note what a document says that it explains or implements, by the titles in its head."""
    for kind, titles in ((RelationKind.INTERPRETS, about.interprets), (RelationKind.IMPLEMENTS, about.implements)):
        for target in PolicyWork.objects.filter(title__in=titles).exclude(pk=work.pk) if titles else ():
            PolicyRelation.objects.get_or_create(subject=work, kind=kind, target=target)


def _titles() -> dict[str, int]:
    """Policies by title and short title; a name that several have is nobody's."""
    names: dict[str, int] = {}
    shared: set[str] = set()
    for pk, title, aliases in PolicyWork.objects.values_list("pk", "title", "aliases").iterator(2000):
        for name in {title, *aliases.splitlines()}:
            if names.setdefault(name, pk) != pk:
                shared.add(name)
    return {name: pk for name, pk in names.items() if name not in shared}


def _read(work_id: int, text: str, titles: dict[str, int], found: dict[tuple[int, str, int], bool]) -> None:
    for name in NAMED.findall(text):
        target = titles.get(name)
        if target is not None and target != work_id:
            found[work_id, RelationKind.CITES, target] = True


@transaction.atomic
def _keep(found: Iterable[tuple[int, str, int]]) -> int:
    before = PolicyRelation.objects.count()
    rows = [
        PolicyRelation(subject_id=subject, kind=kind, target_id=target, is_read_from_text=True)
        for subject, kind, target in found
    ]
    PolicyRelation.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return PolicyRelation.objects.count() - before


@transaction.atomic
def _repeal(expression_id: int, target_id: int, at: datetime) -> None:
    """One policy repeals another, unless its own text is older than the other's or does not hold yet."""
    expression = PolicyExpression.objects.select_related("work").get(pk=expression_id)
    target = PolicyWork.objects.select_for_update().get(pk=target_id)
    day = expression.effective_date or expression.version_date
    newest = target.expressions.in_order().last()
    other = (newest.effective_date or newest.version_date) if newest else None
    if day is None or (other or date.min) >= day or day > timezone.localdate(at):
        return
    relation, is_new = PolicyRelation.objects.get_or_create(
        subject=expression.work,
        kind=RelationKind.REPEALS,
        target=target,
        defaults={"effective_date": day, "is_read_from_text": True},
    )
    if not is_new or target.is_repealed:
        return
    target.status, target.repealed_date = PolicyStatus.REPEALED, day
    target.save(update_fields=["status", "repealed_date"])
    record(by=None, at=at, event="knowledge.policy_repealed", target=target, details={"by": str(relation.subject)})
    follow_repeal(work=target, by_text=expression, at=at)
    put_work(target, at)
