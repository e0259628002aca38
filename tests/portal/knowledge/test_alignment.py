"""Two versions side by side: same words first, then the number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from portal.knowledge.parsing.alignment import Change, align
from portal.knowledge.queries.comparing import spans_of


@dataclass(frozen=True)
class One:
    """A clause."""

    eid: str
    text_sha256: str


def clauses(texts: list[str]) -> list[One]:
    """Clauses numbered in order."""
    return [One(f"art-{place}", text) for place, text in enumerate(texts, start=1)]


TEXTS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(TEXTS, TEXTS)
def test_every_clause_stands_in_exactly_one_pair(before: list[str], after: list[str]) -> None:
    old, new = clauses(before), clauses(after)

    pairs = align(old, new)

    assert Counter(pair.before for pair in pairs if pair.before) == Counter(old)
    assert [pair.after for pair in pairs if pair.after] == new
    for pair in pairs:
        if pair.before and pair.after:
            is_same = pair.before.text_sha256 == pair.after.text_sha256
            assert is_same == (pair.change in (Change.SAME, Change.MOVED))
            assert is_same or pair.before.eid == pair.after.eid
    # Nobody is called changed or gone whose words are free elsewhere.
    left = {
        pair.before.text_sha256 for pair in pairs if pair.before and pair.change in (Change.CHANGED, Change.REPEALED)
    }
    free = {pair.after.text_sha256 for pair in pairs if pair.after and pair.change in (Change.CHANGED, Change.ADDED)}
    assert not left & free


@given(st.lists(st.text("xyz", min_size=1, max_size=5), unique=True, min_size=1, max_size=12), st.randoms())
def test_words_in_another_order_are_moved_never_changed(texts: list[str], random: object) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    changes = {pair.change for pair in align(clauses(texts), clauses(shuffled))}

    assert changes <= {Change.SAME, Change.MOVED}


@given(st.integers(1, 12), st.data())
def test_exactly_what_was_edited_is_changed(count: int, data: st.DataObject) -> None:
    texts = [f"text {place}" for place in range(count)]
    edited = data.draw(st.sets(st.integers(0, count - 1)))
    after = [f"new {place}" if place in edited else text for place, text in enumerate(texts)]

    pairs = align(clauses(texts), clauses(after))

    assert {int(pair.before.eid[4:]) - 1 for pair in pairs if pair.before and pair.change == Change.CHANGED} == edited


def test_what_is_put_in_moves_the_rest() -> None:
    pairs = align(clauses(["a", "b", "c"]), clauses(["a", "new", "b"]))

    assert [(pair.change.value, pair.before and pair.before.eid, pair.after and pair.after.eid) for pair in pairs] == [
        ("same", "art-1", "art-1"), ("added", None, "art-2"), ("moved", "art-2", "art-3"), ("repealed", "art-3", None),
    ]  # fmt: skip


@given(st.text("数据共享开放", max_size=40), st.text("数据共享开放", max_size=40))
def test_spans_hold_both_texts(before: str, after: str) -> None:
    spans = spans_of(before, after)

    assert "".join(words for kind, words in spans if kind != "ins") == before
    assert "".join(words for kind, words in spans if kind != "del") == after
