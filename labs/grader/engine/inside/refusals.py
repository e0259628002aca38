"""Why a value stays where it is."""

from __future__ import annotations


class Uncrossable(Exception):  # says what happened
    """A value may not cross between the two processes: its name where it has one, its type, and the reason."""

    def __init__(self, reason: str, kind: str = "") -> None:
        super().__init__(reason)
        self.kind = kind


class Malformed(Exception):  # says what happened
    """What arrived is not what the format allows."""
