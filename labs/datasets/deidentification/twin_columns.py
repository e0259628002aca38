"""One column of a synthetic twin: bins that are learned, and how a bin becomes a value again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification.builtin import DATE_FORMATS
from labs.datasets.deidentification.hierarchies import Codes, Weights

MOST_CATEGORIES = 64
MOST_KEPT_CATEGORIES = 2000
NUMBER_BINS = 24
FEW_SHARE = 0.005  # numbers that repeat this much are codes
LONG_TEXT = 30
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # a table's local time; no instant is meant
Draw = np.random.Generator


@dataclass(frozen=True)
class Column:
    """Bins of the released rows and what each bin stands for.

    category: `labels[bin]` are the values of a bin and their shares · number, date: `edges[bin]` is its range ·
    token: names are invented · text: a placeholder. Bin 0 is the missing value where `has_missing`.
    """

    name: str
    kind: str
    bins: Codes
    size: int
    shares: Weights
    has_missing: bool = False
    labels: tuple[tuple[tuple[str, ...], tuple[float, ...]], ...] = ()
    edges: tuple[tuple[float, float], ...] = ()
    form: str = ""
    digits: int = 0

    @property
    def is_linked(self) -> bool:
        """Whether the column may depend on others."""
        return self.kind in ("category", "number", "date") and self.size > 1

    def as_json(self, parent: str | None) -> dict[str, Any]:
        """As the report holds it."""
        return {"name": self.name, "kind": self.kind, "bins": self.size, "parent": parent}

    def shown(self, bins: Codes, draw: Draw) -> pl.Series:
        """Return values for the drawn bins."""
        if self.kind == "token":
            values = [f"合成{number:06d}" for number in range(1, len(bins) + 1)]
        elif self.kind == "text":
            values = ["（合成文本）"] * len(bins)
        elif self.kind == "category":
            values = self._categories(bins, draw)
        else:
            values = self._numbers(bins, draw)
        return pl.Series(self.name, values, dtype=pl.String)

    def _categories(self, bins: Codes, draw: Draw) -> list[str]:
        out = np.empty(len(bins), dtype=object)
        for index, (values, shares) in enumerate(self.labels):
            here = np.flatnonzero(bins == index)
            out[here] = np.array(values, dtype=object)[draw.choice(len(values), len(here), p=shares)]
        return [str(value) for value in out.tolist()]

    def _numbers(self, bins: Codes, draw: Draw) -> list[str]:
        edges = np.array(self.edges)
        found = edges[bins, 0] + draw.random(len(bins)) * (edges[bins, 1] - edges[bins, 0])
        missing = (bins == 0) if self.has_missing else np.zeros(len(bins), bool)
        return [
            "" if gone else self._written(number) for number, gone in zip(found.tolist(), missing.tolist(), strict=True)
        ]

    def _written(self, number: float) -> str:
        if self.kind == "date":
            return (EPOCH + timedelta(seconds=round(number))).strftime(self.form)
        return f"{round(number, self.digits):.{self.digits}f}"


def learn_column(name: str, codes: Codes, labels: list[str], *, least: int) -> Column:
    """Return the bins of one column: numbers and dates by quantiles, categories as they are, the rest invented."""
    counts = np.bincount(codes, minlength=len(labels))
    filled = [label for label in labels if label]
    if not filled:
        return _categories(name, codes, labels, counts, least)
    if len(filled) > max(MOST_CATEGORIES, FEW_SHARE * len(codes)):
        if all(_is_number(label) for label in filled):
            digits = max(len(label.partition(".")[2]) for label in filled[:5000])
            return _ranges(name, "number", codes, labels, [float(x or "nan") for x in labels], digits=min(digits, 8))
        if form := _date_form(filled):
            seconds = [_seconds(label, form) if label else float("nan") for label in labels]
            return _ranges(name, "date", codes, labels, seconds, form=form)
    share = float(counts[counts < least].sum()) / len(codes)
    if share < 0.5 and len(filled) <= MOST_KEPT_CATEGORIES:
        return _categories(name, codes, labels, counts, least)
    is_long = float(np.mean([len(label) for label in filled[:2000]])) > LONG_TEXT or any(" " in x for x in filled[:50])
    kind = "text" if is_long else "token"
    return Column(name, kind, np.zeros(len(codes), np.int64), 1, np.ones(1))


def _is_number(label: str) -> bool:
    return re.fullmatch(r"-?\d{1,15}(\.\d+)?", label) is not None


def _date_form(labels: list[str]) -> str:
    tried = [label for label in labels if label]
    for form in DATE_FORMATS:
        try:
            for label in tried:
                datetime.strptime(label, form)  # noqa: DTZ007  # a table's local time; no instant is meant
        except ValueError:
            continue
        return form
    return ""


def _seconds(label: str, form: str) -> float:
    return (datetime.strptime(label, form) - EPOCH).total_seconds()  # noqa: DTZ007  # as above


def _ranges(
    name: str, kind: str, codes: Codes, labels: list[str], values: list[float], *, digits: int = 0, form: str = ""
) -> Column:
    numbers = np.array(values)[codes]
    missing = np.isnan(numbers)
    known = numbers[~missing]
    cuts = np.unique(np.quantile(known, np.linspace(0, 1, NUMBER_BINS + 1)))
    if len(cuts) < 2:
        cuts = np.array([known.min(), known.max()])
    # The ends are where 1 % lie beyond: the extremes of a release are not repeated.
    low, high = np.quantile(known, [0.005, 0.995])
    offset = int(missing.any())
    place = np.clip(np.searchsorted(cuts, numbers, side="right") - 1, 0, len(cuts) - 2) + offset
    place[missing] = 0
    edges = [(max(a, low), min(b, high)) for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)]
    edges = [(min(a, b), max(a, b)) for a, b in edges]
    size = len(edges) + offset
    shares = np.bincount(place, minlength=size) / len(place)
    return Column(
        name,
        kind,
        place.astype(np.int64),
        size,
        shares,
        bool(offset),
        edges=(*([(0.0, 0.0)] * offset), *edges),
        digits=digits,
        form=form,
    )


def _categories(name: str, codes: Codes, labels: list[str], counts: Codes, least: int) -> Column:
    """Make the commonest values bins of their own; all others share one bin;
    values of fewer than `least` rows vanish."""
    order = np.argsort(-counts, kind="stable")
    kept = [int(index) for index in order if counts[index] >= least] or [int(order[0])]
    own, rest = kept[:MOST_CATEGORIES], kept[MOST_CATEGORIES:]
    bin_of = np.zeros(len(labels), np.int64)
    bin_of[own] = np.arange(len(own))
    groups: list[tuple[tuple[str, ...], tuple[float, ...]]] = [((labels[index],), (1.0,)) for index in own]
    if rest:
        bin_of[rest] = len(own)
        weights = counts[rest] / counts[rest].sum()
        groups.append((tuple(labels[index] for index in rest), tuple(weights.tolist())))
    bins = bin_of[codes]
    shares = np.bincount(bins, minlength=len(groups)) / len(bins)
    return Column(name, "category", bins, len(groups), shares, labels=tuple(groups))
