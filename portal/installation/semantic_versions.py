"""Order of npm's versions (Semantic Versioning 2.0.0, rule 11)."""

from __future__ import annotations

import re
from functools import total_ordering

FORM = re.compile(r"[v=\s]*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\s*")


@total_ordering
class SemanticVersion:
    """One version; what was built when makes no difference. Raises ValueError for what is none."""

    def __init__(self, text: str) -> None:
        found = FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"no semantic version: {text}")
        self._release = tuple(int(part or 0) for part in found.groups()[:3])
        self._before = tuple(_part(part) for part in found[4].split(".")) if found[4] else None

    def _key(self) -> tuple[object, ...]:
        # A version without anything after the dash comes after all that have something.
        return (self._release, self._before is None, self._before or ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SemanticVersion) and self._key() == other._key()

    def __lt__(self, other: SemanticVersion) -> bool:
        return self._key() < other._key()

    def __hash__(self) -> int:
        return hash(self._key())


def _part(text: str) -> tuple[int, int, str]:
    """Numbers come before words and are compared as numbers."""
    return (0, int(text), "") if text.isdigit() else (1, 0, text)
