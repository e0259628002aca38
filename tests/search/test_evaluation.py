"""Measures of rankings, and the demo content held to its own judgements."""

from __future__ import annotations

import pytest

from search.evaluation import (
    BadJudgements,
    Judgement,
    interval,
    measures,
    ndcg,
    read_judgements,
    recall,
    reciprocal_rank,
)


def test_measures_are_those_of_the_books() -> None:
    relevant = frozenset({"a", "b"})

    assert ndcg(["a", "b"], relevant) == 1.0
    assert ndcg(["x", "a"], frozenset({"a"})) == pytest.approx(0.6309, abs=1e-4)
    assert recall(["x", "a"], relevant, 10) == 0.5
    assert (reciprocal_rank(["x", "y", "b"], relevant), reciprocal_rank([], relevant)) == (pytest.approx(1 / 3), 0.0)


def test_an_unanswered_query_counts_as_nothing_found() -> None:
    judged = [Judgement("1", "x", frozenset({"a"})), Judgement("2", "y", frozenset({"b"}))]

    found = measures({"1": ["a"]}, judged)

    assert found["ndcg@10"].mean == found["success@1"].mean == 0.5


def test_an_interval_is_repeatable_and_holds_the_mean() -> None:
    values = [0.0, 1.0] * 50

    first, second = interval(values), interval(values)

    assert first == second
    assert first.low < first.mean == 0.5 < first.high


@pytest.mark.parametrize("line", ["{", "{}", '{"qid": 1, "text": "x", "rel": []}', "[]"])
def test_a_broken_set_says_which_line(line: str) -> None:
    with pytest.raises(BadJudgements, match="line 2"):
        read_judgements(['{"qid": 1, "text": "x", "rel": [3]}', line])
