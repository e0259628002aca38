"""The words of the staff as the search needs them."""

from __future__ import annotations

import time
from threading import Lock
from typing import Any

from search.intents import StaffWords, bet_key
from search.models import BestBet, Polyphone, Synonym
from search.names import Reading

FRESH_SECONDS = 2.0
"""How long words are kept: what the staff saves counts everywhere after this, and at once in the process that saved it."""


class _Kept:
    """Words read last, and when."""

    words: StaffWords | None = None
    read_at = 0.0
    lock = Lock()


def staff_words() -> StaffWords:
    """Synonyms, readings and best bets as they are now, or were two seconds ago."""
    with _Kept.lock:
        now = time.monotonic()
        if _Kept.words is None or now - _Kept.read_at > FRESH_SECONDS:
            _Kept.words, _Kept.read_at = _read(), now
        return _Kept.words


def forget_words(**signal: Any) -> None:
    """Have the words read again; connected to their saving and deleting."""
    _Kept.words = None


def _read() -> StaffWords:
    synonyms = list(Synonym.objects.order_by("pk"))
    bets: dict[str, tuple[str, ...]] = {}
    for bet in BestBet.objects.order_by("position", "pk"):
        for line in bet.lines:
            bets[bet_key(line)] = (*bets.get(bet_key(line), ()), bet.entry_key)
    return StaffWords(
        synonyms=tuple(tuple(s.lines) for s in synonyms if not s.is_one_way and len(s.lines) > 1),
        one_way=tuple(tuple(s.lines) for s in synonyms if s.is_one_way and len(s.lines) > 1),
        readings=tuple(
            Reading(word, reading) for word, reading in Polyphone.objects.order_by("pk").values_list("word", "reading")
        ),
        best_bets=bets,
    )
