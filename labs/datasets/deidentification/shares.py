"""Whether something holds for most of many values, asked no longer than the answer is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def holds_mostly(values: Sequence[str], holds: Callable[[str], object], share: float) -> bool:
    """Return whether it holds for at least this share of the values."""
    wanted = share * len(values)
    fitting = missing = 0
    for value in values:
        if holds(value):
            fitting += 1
            if fitting >= wanted:
                return True
        else:
            missing += 1
            if len(values) - missing < wanted:
                return False
    return fitting >= wanted
