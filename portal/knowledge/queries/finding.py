"""Which policy, and which of its texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from portal.knowledge.models import PolicyExpression, PolicyWork
from portal.knowledge.parsing.about import About
from search.numerals import PRINTED, printed_number


def find_work(about: About) -> PolicyWork | None:
    """Return the policy that a document is a text of: by its code where it names one, else by title and region.

    A different number is a different policy, always: an order of the same title is another order. A text of the same
    policy that got a new number names the policy by its code.
    """
    if about.code and (named := PolicyWork.objects.filter(code=about.code).first()) is not None:
        return named
    same_name = PolicyWork.objects.filter(title=about.title).order_by("pk")
    if about.region is not None:
        same_name = same_name.filter(Q(region=about.region))
    return next((work for work in same_name if same_number(work.number, about.number)), None)


def same_number(one: str, other: str) -> bool:
    """Whether two numbers can be one: brackets and blanks do not count, nor does an issuer of which one says less."""
    first, second = bare_number(one), bare_number(other)
    return not first or not second or first.endswith(second) or second.endswith(first)


def bare_number(number: str) -> str:
    """Return a number without what people write differently: 〔2025〕 and [2025], 第31号 and 第三十一号, blanks."""
    bare = re.sub(r"[\s\u3000第年]", "", number)
    bare = re.sub(r"[〔\[［（(【﹝〈]", "〔", re.sub(r"[〕\]］)）】﹞〉]", "〕", bare))
    return re.sub(rf"[{PRINTED}]+(?=号|〕)", lambda match: _figure(match[0]), bare)


def _figure(numeral: str) -> str:
    try:
        return str(printed_number(numeral))
    except ValueError:
        return numeral


def current_of(expressions: Sequence[PolicyExpression], on: date) -> PolicyExpression | None:
    """Of texts in order, the one that holds on the day; before the first day, the first."""
    holding = [text for text in expressions if text.effective_date is None or text.effective_date <= on]
    return holding[-1] if holding else next(iter(expressions), None)


def expression_at(work: PolicyWork, on: date) -> PolicyExpression | None:
    """Return the text of a policy on a day."""
    return current_of(list(work.expressions.in_order()), on)
