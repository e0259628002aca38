"""Which policy, and which of its texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from portal.knowledge.models import PolicyExpression, PolicyWork
from portal.knowledge.parsing.about import About


def find_work(about: About) -> PolicyWork | None:
    """Return the policy that a document is a text of: by its code where it names one, else by title and region."""
    if about.code and (named := PolicyWork.objects.filter(code=about.code).first()) is not None:
        return named
    same_name = PolicyWork.objects.filter(title=about.title).order_by("pk")
    if about.region is not None:
        same_name = same_name.filter(Q(region=about.region))
    return same_name.first()


def current_of(expressions: Sequence[PolicyExpression], on: date) -> PolicyExpression | None:
    """Of texts in order, the one that holds on the day; before the first day, the first."""
    holding = [text for text in expressions if text.effective_date is None or text.effective_date <= on]
    return holding[-1] if holding else next(iter(expressions), None)


def expression_at(work: PolicyWork, on: date) -> PolicyExpression | None:
    """Return the text of a policy on a day."""
    return current_of(list(work.expressions.in_order()), on)
