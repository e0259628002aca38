"""Likeness of texts by winnowed fingerprints (Schleimer, Wilkerson, Aiken 2003). Pure: no Django, no files.

Code is compared by its tokens, every name, number and text alike, so that renaming and reformatting hide nothing;
other text by its characters. What the release handed out and what most answers share counts for nobody.
"""

from __future__ import annotations

import hashlib
import io
import keyword
import re
import token
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

CODE_RUN = 9
"""Tokens in a fingerprint of code."""
TEXT_RUN = 12
"""Characters in a fingerprint of text."""
WINDOW = 4
COMMON_SHARE = 0.5
COMMON_LEAST = 4
"""A fingerprint in this share of the answers, and in at least so many, is common knowledge."""
LEAST_SHARED = 5
LEAST_PERCENT = 50
MOST_PAIRS = 200
MOST_TOKENS = 20_000

WORDS = re.compile(r"\w+|[^\w\s]")
SKIPPED = {tokenize.COMMENT, tokenize.NL, token.NEWLINE, token.ENCODING, token.ENDMARKER}


@dataclass(frozen=True)
class Token:
    """A normalized token and the line on which it stands, from 1."""

    text: str
    line: int


@dataclass(frozen=True)
class Likeness:
    """Two answers, by their names, that share more than chance."""

    left: str
    right: str
    shared: int
    percent: int


def tokens_of(text: str, *, is_code: bool) -> list[Token]:
    """Return the text as it is compared."""
    return (_code_tokens(text) if is_code else _text_tokens(text))[:MOST_TOKENS]


def _code_tokens(text: str) -> list[Token]:
    found: list[Token] = []
    try:
        for each in tokenize.generate_tokens(io.StringIO(text).readline):
            if each.type not in SKIPPED:
                found.append(Token(_normal(each.type, each.string), each.start[0]))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        # Unfinished code has words all the same.
        return [
            Token(word if keyword.iskeyword(word) or not word[0].isalnum() else "v", number)
            for number, line in enumerate(text.split("\n"), start=1)
            for word in WORDS.findall(line.partition("#")[0])
        ]
    return found


def _normal(kind: int, text: str) -> str:
    if kind == token.NAME:
        return text if keyword.iskeyword(text) else "v"
    names = {token.NUMBER: "n", token.STRING: "s", token.INDENT: "→", token.DEDENT: "←"}
    return names.get(kind, text)


def _text_tokens(text: str) -> list[Token]:
    return [
        Token(character.lower(), number)
        for number, line in enumerate(text.split("\n"), start=1)
        for character in line
        if character.isalnum()
    ]


def fingerprints(tokens: Sequence[Token], *, is_code: bool) -> dict[int, list[int]]:
    """Chosen fingerprints, each with the places in `tokens` at which it begins.

    Any run of `run + WINDOW - 1` tokens that two texts share gives them one fingerprint in common.
    """
    run = CODE_RUN if is_code else TEXT_RUN
    hashes = [_hash(tokens[place : place + run]) for place in range(len(tokens) - run + 1)]
    chosen: dict[int, list[int]] = defaultdict(list)
    last = -1
    for start in range(max(1, len(hashes) - WINDOW + 1) if hashes else 0):
        window = hashes[start : start + WINDOW]
        smallest = min(window)
        place = start + max(index for index, value in enumerate(window) if value == smallest)
        if place != last:
            chosen[hashes[place]].append(place)
            last = place
    return dict(chosen)


def every_fingerprint(tokens: Sequence[Token], *, is_code: bool) -> set[int]:
    """All fingerprints of a text, chosen or not: what is to be ignored must not slip through a window."""
    run = CODE_RUN if is_code else TEXT_RUN
    return {_hash(tokens[place : place + run]) for place in range(len(tokens) - run + 1)}


def _hash(tokens: Sequence[Token]) -> int:
    joined = "\0".join(each.text for each in tokens).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big")


def common_fingerprints(answers: Mapping[str, Set[int]]) -> set[int]:
    """Return what so many answers share that it says nothing about two of them."""
    counts = Counter(value for prints in answers.values() for value in prints)
    most = max(COMMON_LEAST, COMMON_SHARE * len(answers))
    return {value for value, number in counts.items() if number > most}


def likenesses(answers: Mapping[str, Set[int]], ignored: Set[int]) -> list[Likeness]:
    """Pairs that share enough of what is not ignored, the most alike first; `answers` is fingerprints by name."""
    left_out = ignored | common_fingerprints(answers)
    own = {name: prints - left_out for name, prints in answers.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for name in sorted(own):
        for value in own[name]:
            holders[value].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        shared.update(combinations(names, 2))
    return sorted(_likenesses(shared, own), key=lambda each: (-each.percent, -each.shared, each.left, each.right))[
        :MOST_PAIRS
    ]


def _likenesses(shared: Counter[tuple[str, str]], own: Mapping[str, Set[int]]) -> Iterator[Likeness]:
    for (left, right), number in shared.items():
        percent = round(100 * number / min(len(own[left]), len(own[right])))
        if number >= LEAST_SHARED and percent >= LEAST_PERCENT:
            yield Likeness(left, right, number, percent)


def shared_lines(left: str, right: str, ignored: Set[int], *, is_code: bool) -> tuple[set[int], set[int]]:
    """Numbers of the lines of two texts that hold something in common."""
    texts = [tokens_of(text, is_code=is_code) for text in (left, right)]
    prints = [fingerprints(tokens, is_code=is_code) for tokens in texts]
    both = (set(prints[0]) & set(prints[1])) - ignored
    run = CODE_RUN if is_code else TEXT_RUN
    first, second = (
        {tokens[at].line for value in both for place in places[value] for at in range(place, place + run)}
        for tokens, places in zip(texts, prints, strict=True)
    )
    return first, second
