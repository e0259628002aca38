"""What the trainee's process has handed out, so that it can say later which of it has changed."""

from __future__ import annotations

import sys
from typing import Any

from .keeping import is_table, is_unchanged, snapshot
from .values import ENCODERS, PLAIN, Message

WATCHED_BYTES = 1 << 20
WORTH_COMPARING = 4096


class Sent:
    """A name's value as it was handed out."""

    def __init__(self, value: Any, message: Message) -> None:
        self.value = value
        self.message = message
        self.table = snapshot(value) if is_table(value) else None
        is_watched = self.table is None and message.size <= WATCHED_BYTES
        self.bytes = message.joined() if is_watched else b""

    def is_still(self, value: Any, encode: Any) -> bool:
        """Tell whether a value is the one that was handed out, unchanged."""
        if value is self.value and self.table is not None:
            return is_unchanged(value, self.table)
        if value is self.value and (not self.bytes or type(value) in PLAIN or type(value) not in ENCODERS):
            return True
        return is_equal(encode(value, by_name=False).joined(), self.bytes)


def is_equal(left: bytes, right: bytes | memoryview) -> bool:
    """Compare bytes, long ones without looking at each by itself."""
    numpy = sys.modules.get("numpy")
    if len(left) != len(right) or len(left) < WORTH_COMPARING or numpy is None:
        return left == right
    return bool(numpy.array_equal(numpy.frombuffer(left, "u8"), numpy.frombuffer(right, "u8")))
