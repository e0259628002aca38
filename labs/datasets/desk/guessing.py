"""The game before a signature: what the officer knows of three people, held against the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labs.datasets.deidentification.cells import COUNT
from labs.datasets.deidentification.hierarchies import ANY
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.recipe import ColumnRule, Recipe
from labs.datasets.deidentification.treatments import declared_hierarchy, fixed_label, hierarchy_of

PEOPLE = 3
LONGEST = 200
UNKNOWABLE = frozenset({"drop", "pseudonym", "date_shift", "aggregate"})


@dataclass(frozen=True)
class Box:
    """One thing that may be known of one person."""

    name: str
    column: str
    value: str
    problem: str = ""


@dataclass(frozen=True)
class Found:
    """What the release tells of somebody: rows that fit, the real people behind them, what all of them share."""

    rows: int
    people: int
    shared: list[tuple[str, str]] = field(default_factory=list)
    is_sensitive: bool = False

    @property
    def verdict(self) -> str:
        """absent, found (one person), told (several, but all share something sensitive) or hidden."""
        if not self.rows:
            return "absent"
        return "found" if self.people == 1 else "told" if self.is_sensitive else "hidden"


@dataclass
class Guess:
    """One of the three people: the boxes of the form, and what came of it."""

    number: int
    boxes: list[Box]
    found: Found | None = None

    @property
    def has_problem(self) -> bool:
        """Whether a box cannot be used."""
        return any(box.problem for box in self.boxes)


def columns_to_know(recipe: Recipe) -> list[str]:
    """Return published columns whose values somebody may know and hold against the release, class columns first."""
    rules = [
        rule
        for rule in recipe.columns.values()
        if rule.treatment not in UNKNOWABLE and (rule.forms_classes or not recipe.counts_only)
    ]
    return [rule.name for rule in sorted(rules, key=lambda rule: not rule.forms_classes)]


def guesses(recipe: Recipe, posted: QueryDict | None) -> list[Guess]:
    """Return the boxes of the three people, with what was typed and what is wrong with it."""
    out = []
    for person in range(PEOPLE):
        boxes = []
        for place, column in enumerate(columns_to_know(recipe)):
            name = f"known-{person}-{place}"
            value = (posted.get(name, "") if posted is not None else "").strip()[:LONGEST]
            boxes.append(Box(name, column, value, _problem(recipe.columns[column], value)))
        out.append(Guess(person + 1, boxes))
    return out


def play(
    recipe: Recipe, played: Sequence[Guess], release: pl.LazyFrame, persons: Sequence[int] | None
) -> tuple[int, list[str]]:
    """Hold the guesses against the release; how many were found or told, and the columns that were known."""
    known_columns: set[str] = set()
    for guess in played:
        known = {box.column: box.value for box in guess.boxes if box.value}
        if known and not guess.has_problem:
            guess.found = _found(recipe, known, release, persons)
            known_columns |= set(known)
    hit = sum(guess.found is not None and guess.found.verdict in ("found", "told") for guess in played)
    return hit, sorted(known_columns)


def _problem(rule: ColumnRule, value: str) -> str:
    if not value or rule.treatment == "redact":
        return ""
    try:
        labels_of(rule, value)
    except Refusal as refusal:
        if refusal.key == "hierarchy_misses":
            return _("The hierarchy of this column does not know this value.")
        return refusal.text(chinese=get_language() != "en")
    return ""


def labels_of(rule: ColumnRule, value: str) -> set[str]:
    """Everything that the release may show for a known value. Raises Refusal for what cannot be one."""
    if rule.forms_classes:
        hierarchy = hierarchy_of(rule, [value], Path())
        place = hierarchy.code_of[value]
        return {level[place] for level in hierarchy.columns}
    label = fixed_label(rule)
    if label is not None:
        return {label(value)}
    if rule.treatment == "generalize":
        hierarchy = declared_hierarchy(rule, [value], Path())
        level = hierarchy.between(rule.options["level"], rule.options["level"]).columns[0]
        return {level[hierarchy.code_of[value]]}
    return {value}


def _found(recipe: Recipe, known: Mapping[str, str], release: pl.LazyFrame, persons: Sequence[int] | None) -> Found:
    names = release.collect_schema().names()
    fits = pl.lit(value=True)
    for column, value in known.items():
        if column not in names:
            continue
        rule = recipe.columns[column]
        if rule.treatment == "redact":
            fits &= pl.col(column).str.contains(value, literal=True)
        else:
            labels = labels_of(rule, value) | ({ANY} if recipe.masks_suppressed and rule.forms_classes else set())
            fits &= pl.col(column).is_in(sorted(labels))
    matching = release.with_row_index("\0row").filter(fits).collect()
    rows = matching.height
    if recipe.counts_only and COUNT in names:
        rows = int(matching[COUNT].cast(pl.Int64, strict=False).sum() or 0)
        counted = "persons" if "persons" in names else COUNT
        return Found(rows, int(matching[counted].cast(pl.Int64, strict=False).sum() or 0))
    people = rows if persons is None else len({persons[row] for row in matching["\0row"].to_list()})
    shared = _shared(recipe, known, matching, release) if rows else []
    return Found(rows, people, shared, any(recipe.columns[name].role == "sensitive" for name, _value in shared))


def _shared(
    recipe: Recipe, known: Mapping[str, str], matching: pl.DataFrame, release: pl.LazyFrame
) -> list[tuple[str, str]]:
    """Return what all matching rows say alike beyond what was known,
    where the whole release does not say it of everybody."""
    wanted = [
        name
        for name in matching.columns
        if name in recipe.columns
        and name not in known
        and matching[name].n_unique() == 1
        and matching[name][0]
        and not recipe.columns[name].forms_classes
    ]
    if not wanted:
        return []
    kinds: dict[str, Any] = release.select(pl.col(wanted).n_unique()).collect().row(0, named=True)
    found = [(name, str(matching[name][0])[:LONGEST]) for name in wanted if kinds[name] > 1]
    return sorted(found, key=lambda pair: recipe.columns[pair[0]].role != "sensitive")
