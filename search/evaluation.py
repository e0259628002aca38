"""How good a ranking is, by judgements: nDCG, recall, reciprocal rank, and how sure that is. Pure.

A judgement set is JSON, one query per line: {"qid", "text", "rel": [names]}. A name is the id that `manage.py search`
prints, an address of the site, or kind:title; the latter two outlive a new installation.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

RESAMPLES = 1000
SEED = 20260301
"""Resampling is repeatable: the same ranking has the same interval on every machine."""


class BadJudgements(ValueError):
    """A line of the set cannot be read; the sentence says which and why."""


@dataclass(frozen=True)
class Judgement:
    """A query and the ids of what answers it."""

    qid: str
    text: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Measure:
    """A mean over queries with its 95 % interval."""

    mean: float
    low: float
    high: float


def read_judgements(lines: Iterable[str]) -> list[Judgement]:
    """Return the set. Raises BadJudgements."""
    found: list[Judgement] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            judgement = Judgement(str(row["qid"]), str(row["text"]), frozenset(str(one) for one in row["rel"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadJudgements(f"line {number}: {error!r}") from error
        if not judgement.relevant:
            raise BadJudgements(f"line {number}: no relevant id")
        found.append(judgement)
    if not found:
        raise BadJudgements("no judgements")
    return found


def name_of(names: Sequence[str], relevant: frozenset[str]) -> str:
    """Of a hit's names the one by which it was judged, else the first."""
    return next((name for name in names if name in relevant), names[0])


def ndcg(ranked: Sequence[str], relevant: frozenset[str], depth: int = 10) -> float:
    """Discounted gain of the first `depth`, as a share of the best that was possible."""
    gain = sum(1 / math.log2(rank + 2) for rank, key in enumerate(ranked[:depth]) if key in relevant)
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(depth, len(relevant))))


def recall(ranked: Sequence[str], relevant: frozenset[str], depth: int) -> float:
    """Share of what is relevant among the first `depth`."""
    return len(relevant.intersection(ranked[:depth])) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], relevant: frozenset[str], depth: int = 10) -> float:
    """One by the rank of the first relevant hit."""
    return next((1 / rank for rank, key in enumerate(ranked[:depth], start=1) if key in relevant), 0.0)


def measures(rankings: Mapping[str, Sequence[str]], judgements: Iterable[Judgement]) -> dict[str, Measure]:
    """Every measure over the judged queries; a query without a ranking counts as nothing found."""
    values: dict[str, list[float]] = {
        name: [] for name in ("ndcg@10", "recall@10", "recall@100", "mrr@10", "success@1")
    }
    for judgement in judgements:
        ranked, relevant = rankings.get(judgement.qid, ()), judgement.relevant
        values["ndcg@10"].append(ndcg(ranked, relevant))
        values["recall@10"].append(recall(ranked, relevant, 10))
        values["recall@100"].append(recall(ranked, relevant, 100))
        values["mrr@10"].append(reciprocal_rank(ranked, relevant))
        values["success@1"].append(float(bool(ranked) and ranked[0] in relevant))
    return {name: interval(found) for name, found in values.items()}


def interval(values: Sequence[float]) -> Measure:
    """Return the mean and its 95 % bootstrap interval."""
    chance = random.Random(SEED)  # noqa: S311  (statistics, not secrets)
    count = len(values)
    means = sorted(sum(chance.choices(values, k=count)) / count for _ in range(RESAMPLES))
    low, high = means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]
    return Measure(round(sum(values) / count, 4), round(low, 4), round(high, 4))


def paired_difference(better: Sequence[float], worse: Sequence[float]) -> Measure:
    """Return how much the first is above the second on the same queries."""
    return interval([one - other for one, other in zip(better, worse, strict=True)])
