"""How much one question of one submission can say of a hidden test: the number of messages that hostile code can choose.

The attacker composes every field of the reply, with a cell of 20,000 lines and 20,000 words of the own.
"""

from __future__ import annotations

import builtins
import math
from itertools import product

from labs.grader.engine.children import Reply
from labs.grader.engine.explanations import (
    DEATHS,
    MOST_LINES_TOLD,
    explain_error,
    explain_failure,
    explain_uncrossable,
)

WORDS = [f"w{number}" for number in range(20_000)]
EXCEPTIONS = [name for name, kind in vars(builtins).items() if isinstance(kind, type)]
TEST = "assert f(1) == 2, '一'\n### BEGIN HIDDEN TESTS\nassert f(3) == 4, '二'\n### END HIDDEN TESTS"


def bits(messages: set[str]) -> float:
    """Return what a choice among so many says."""
    return math.log2(len(messages))


def test_a_long_cell_says_only_a_type() -> None:
    cell = "\n".join(WORDS)
    replies = [
        Reply(False, kind, word, word, line)
        for kind in EXCEPTIONS
        for word, line in zip(WORDS[:300], range(300), strict=True)
    ]

    told = {explain_error(reply, cell, secret=True) for reply in replies}

    assert len(told) == 26
    assert bits(told) < 4.8


def test_a_short_cell_says_a_line_too() -> None:
    cell = "\n".join(WORDS[:MOST_LINES_TOLD])
    replies = [Reply(False, kind, "w1", "w1", line) for kind, line in product(EXCEPTIONS, range(MOST_LINES_TOLD + 9))]

    told = {explain_error(reply, cell, secret=True) for reply in replies}

    assert bits(told) < 9.8


def test_a_value_that_cannot_cross_says_a_type_of_python_s() -> None:
    classes = {"Money", "Account"}
    names = [*WORDS, *EXCEPTIONS, *classes, "function", "generator", "pickle", "file", "program", "x y", ""]

    told = {explain_uncrossable(Reply(False, "Uncrossable", name, name), classes, secret=True) for name in names}

    assert bits(told) < 7.5
    assert not any(word in message for word in WORDS[:50] for message in told)


def test_a_test_that_fails_says_a_type_and_the_author_s_hints() -> None:
    replies = [Reply(False, kind, word, word, line) for kind, word, line in product(EXCEPTIONS, WORDS[:9], range(9))]

    told = {explain_failure(reply, TEST, secret=True) for reply in replies}

    assert bits(told) < 6


def test_a_process_that_dies_says_how() -> None:
    assert math.log2(len(DEATHS)) == 2
