"""Two texts of a policy, clause by clause."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from portal.knowledge.models import PolicyExpression, Provision
from portal.knowledge.parsing.alignment import Change, align

LONGEST = 4_000
"""Characters up to which the change inside a clause is shown letter by letter."""
SHORTEST_MATCH = 2

Span = tuple[str, str]


@dataclass(frozen=True)
class ClauseChange:
    """A clause in both texts; `spans` are (same|del|ins, words) of a changed one."""

    change: str
    before: Provision | None
    after: Provision | None
    spans: tuple[Span, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing happened to it."""
        return self.change == Change.SAME

    @property
    def is_moved(self) -> bool:
        """Whether it only has another number."""
        return self.change == Change.MOVED

    @property
    def is_added(self) -> bool:
        """Whether it is new."""
        return self.change == Change.ADDED

    @property
    def is_repealed(self) -> bool:
        """Whether it is gone."""
        return self.change == Change.REPEALED


def compare_texts(before: PolicyExpression, after: PolicyExpression) -> list[ClauseChange]:
    """Every clause of both texts, in the order of the newer one."""
    old, new = (list(text.provisions.clauses().order_by("order")) for text in (before, after))
    return [
        ClauseChange(
            pair.change.value,
            pair.before,
            pair.after,
            spans_of(pair.before.text, pair.after.text)
            if pair.change == Change.CHANGED and pair.before and pair.after
            else (),
        )
        for pair in align(old, new)
    ]


def spans_of(before: str, after: str) -> tuple[Span, ...]:
    """Return what was taken out and put in, letter by letter; of a very long clause the whole."""
    if len(before) > LONGEST or len(after) > LONGEST:
        return ("del", before), ("ins", after)
    spans: list[Span] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        is_chance = tag == "equal" and to_old - from_old < SHORTEST_MATCH and from_old > 0 and to_old < len(before)
        if tag == "equal" and not is_chance:
            spans.append(("same", before[from_old:to_old]))
            continue
        if from_old < to_old:
            spans.append(("del", before[from_old:to_old]))
        if from_new < to_new:
            spans.append(("ins", after[from_new:to_new]))
    return _joined(spans)


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Between two untouched pieces at most one taken out and one put in."""
    result: list[Span] = []
    out, put = "", ""
    for kind, words in [*spans, ("same", "")]:
        if kind == "del":
            out += words
        elif kind == "ins":
            put += words
        else:
            result += [(name, text) for name, text in (("del", out), ("ins", put), ("same", words)) if text]
            out = put = ""
    return tuple(result)
