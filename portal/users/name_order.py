"""Names in the order of pinyin, which is the order of Chinese staff lists.

PostgreSQL has the collation. SQLite gets one of the same name: GB 18030 keeps the 3,755 common characters in the order of
pinyin, the rare ones after them by radical.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created
from django.db.models.functions import Collate
from django.dispatch import receiver

PINYIN = "zh-x-icu"


def by_name(field: str = "name") -> Collate:
    """Return the name as something to order by."""
    return Collate(field, PINYIN)


def compare(one: str, other: str) -> int:
    """Less than 0 where `one` comes first, greater where `other` does."""
    left, right = (text.casefold().encode("gb18030", "replace") for text in (one, other))
    return (left > right) - (left < right)


@receiver(connection_created)
def teach_sqlite(connection: Any, **_: Any) -> None:
    """Give each new connection to SQLite the order."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(PINYIN, compare)
