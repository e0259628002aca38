"""Text analysis, done once for every engine: normalization, tokens, and where they stand in the original text.

Pure: no Django, no engine. A run of Han characters gives every single character and every overlapping pair
(marked by a leading `_`); a run of letters and digits stays whole. No dictionary, so new terms are found at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import add

from search.characters import fold

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:(?:[.+#-]+|(?<=\d),(?=\d{{3}}(?!\d)))[^\W_{HAN}]+)*(?:(?<=\d)[%‰])?")
_HAN_START = re.compile(rf"[{HAN}]")

SHARES = "%‰"
LONGEST_TOKEN = 64
"""Characters of a run of letters that are kept; nobody searches for more."""


def normalize(text: str) -> str:
    """One form for full and half width, compatibility forms, letter case, traditional characters and variants."""
    return fold(in_one_width(text))


def in_one_width(text: str) -> str:
    """One form for full and half width, compatibility forms and letter case; characters stay what they are."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(run: str) -> list[str]:
    """Return the tokens of a run of letters and digits: 5,000 is 5000, and 30% is also 30."""
    word = run.replace(",", "")[:LONGEST_TOKEN]
    return [word, word[:-1]] if word[-1] in SHARES else [word]


Normal = Callable[[str], str]


def tokens(text: str, normal: Normal = normalize) -> list[str]:
    """Tokens of the text in order, repeated as often as they occur."""
    found: list[str] = []
    for match in WORD.finditer(normal(text)):
        run = match.group()
        if _HAN_START.match(run):
            found.extend(run)
            found.extend(f"_{run[at : at + 2]}" for at in range(len(run) - 1))
        else:
            found.extend(words_of(run))
    return found


def token_text(text: str, normal: Normal = normalize) -> str:
    """Return the tokens parted by blanks, as engines take them; the same as joining `tokens`,
    in a third of the time."""
    found: list[str] = []
    for run in WORD.findall(normal(text)):
        if not _HAN_START.match(run):
            found.extend(words_of(run))
            continue
        found.append(" ".join(run))
        if len(run) > 1:
            found.append("_" + " _".join(map(add, run, run[1:])))
    return " ".join(found)


def required_tokens(text: str, normal: Normal = normalize) -> list[str]:
    """Return what a hit must hold so that it matches strictly: every pair and word,
    and a Han character that stands alone."""
    found: list[str] = []
    for match in WORD.finditer(normal(text)):
        run = match.group()
        if not _HAN_START.match(run):
            found.append(words_of(run)[0])
        elif len(run) == 1:
            found.append(run)
        else:
            found.extend(f"_{run[at : at + 2]}" for at in range(len(run) - 1))
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Segment:
    """A stretch of the original text; `is_hit` when the query named it."""

    text: str
    is_hit: bool


def hit_spans(text: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    """Places in the original text at which a wanted token stands, merged and in order."""
    normalized, origin = _with_origin(text)
    marks = set(wanted)
    spans: list[tuple[int, int]] = []
    for match in WORD.finditer(normalized):
        run, start = match.group(), match.start()
        if not _HAN_START.match(run):
            if not marks.isdisjoint(words_of(run)):
                spans.append((origin[start], origin[match.end() - 1] + 1))
            continue
        for at in range(len(run)):
            if f"_{run[at : at + 2]}" in marks and at + 1 < len(run):
                spans.append((origin[start + at], origin[start + at + 1] + 1))
            elif run[at] in marks and len(run[at]) == 1:
                spans.append((origin[start + at], origin[start + at] + 1))
    return _merged(spans)


def as_written(folded: str, text: str) -> str:
    """Return how the text writes what is found in it folded, without blanks and signs: cim平台 as CIM平台; else as it is."""
    normalized, origin = _with_origin(text)
    kept = [index for index, character in enumerate(normalized) if character.isalnum()]
    start = "".join(normalized[index] for index in kept).find(folded)
    if start < 0 or not folded:
        return folded
    return text[origin[kept[start]] : origin[kept[start + len(folded) - 1]] + 1]


def highlight(text: str, wanted: Iterable[str]) -> list[Segment]:
    """Return the text cut into segments, wanted tokens marked."""
    return _segments(text, hit_spans(text, wanted), 0, len(text))


def excerpt(text: str, wanted: Iterable[str], length: int = 120) -> list[Segment]:
    """About `length` characters of the text around its first hits, as segments; its beginning when nothing hits."""
    spans = hit_spans(text, wanted)
    start = max(0, _densest(spans, length) - length // 5) if spans else 0
    end = min(len(text), start + length)
    shown = _segments(text, [span for span in spans if span[1] > start and span[0] < end], start, end)
    before = [Segment("…", is_hit=False)] if start else []
    after = [Segment("…", is_hit=False)] if end < len(text) else []
    return [*before, *shown, *after]


class _Folded(dict[str, str]):
    """Characters in their normal form, worked out once each."""

    def __missing__(self, character: str) -> str:
        folded = self[character] = normalize(character)
        return folded


_FOLDED = _Folded()


def _with_origin(text: str) -> tuple[str, Sequence[int]]:
    """Return the text normalized character by character, and for each result the index that it came from."""
    pieces = [_FOLDED[character] for character in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and all(map(len, pieces)):
        return folded, range(len(text))
    return folded, [index for index, piece in enumerate(pieces) for _ in piece]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _densest(spans: list[tuple[int, int]], length: int) -> int:
    """Start of the span from which a window of `length` covers most marked characters."""

    def covered(start: int) -> int:
        return sum(min(end, start + length) - begin for begin, end in spans if start <= begin < start + length)

    return max((start for start, _ in spans[:50]), key=covered)


def _segments(text: str, spans: list[tuple[int, int]], start: int, end: int) -> list[Segment]:
    segments: list[Segment] = []
    at = start
    for begin, stop in spans:
        begin, stop = max(begin, start), min(stop, end)
        if begin > at:
            segments.append(Segment(text[at:begin], is_hit=False))
        segments.append(Segment(text[begin:stop], is_hit=True))
        at = stop
    if at < end:
        segments.append(Segment(text[at:end], is_hit=False))
    return segments
