"""The population behind a table: how many people each class could be, for k-map, δ-presence and journalist risk.

A row of the table is taken for one of the people of the population that agree with it; a table that is no part of the
population still gets its figures, and a finding that says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.groups import Roller, gather, tuple_keys
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy
from labs.datasets.deidentification.lattice import People
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.metrics import Classes
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import Recipe
from labs.datasets.deidentification.solving import SUPPRESSED, Solution

__all__ = ["Behind", "People", "check_population", "people_behind", "people_of", "refuse_population"]

PEOPLE = re.compile(r"([0-9]{1,12})(?:\.0+)?")


@dataclass(frozen=True)
class Behind:
    """The people behind every released class, and what they prove."""

    people: Codes
    delta: float
    total: int
    """People of the whole population."""

    @property
    def k_map(self) -> int:
        """The fewest people of the population that a released class could be."""
        return int(self.people.min(initial=1 << 62)) if len(self.people) else 0


def refuse_population(population: Table | None, recipe: Recipe) -> None:
    """Raise Refusal when the recipe needs a population and gets none, or one without a column that it needs."""
    if population is None:
        if recipe.k_map or recipe.delta_presence is not None:
            raise Refusal("population_missing")
        return
    needed = [*recipe.class_columns, *filter(None, [recipe.population_count])]
    for name in needed:
        if name not in population.frame.columns:
            raise Refusal("population_column", column=name, columns=", ".join(population.frame.columns[:40]))


def people_of(population: Table, recipe: Recipe, hierarchies: Sequence[Hierarchy]) -> People:
    """Return the population in the codes of the hierarchies. Raises Refusal for what is no number of people."""
    codes = []
    for hierarchy in hierarchies:
        found, labels = population.encoded(hierarchy.name)
        codes.append(np.array([hierarchy.code_of[label] for label in labels], np.int64)[found])
    counts = np.ones(population.frame.height, np.int64)
    if recipe.population_count:
        counts = _counts(population, recipe.population_count)
    keys, space = tuple_keys(codes, [len(h.leaves) for h in hierarchies])
    first, totals = gather(keys, space, counts)
    return People(tuple(column[first] for column in codes), totals)


def _counts(population: Table, column: str) -> Codes:
    """Return the people of each row."""
    found, labels = population.encoded(column)
    numbers = [int(match[1]) if (match := PEOPLE.fullmatch(label)) else -1 for label in labels]
    people = np.array(numbers, np.int64)[found]
    wrong = np.flatnonzero(people < 0)
    if len(wrong):
        row = int(wrong[0])
        raise Refusal("population_number", column=column, value=labels[found[row]] or "∅", row=row + 1)
    return people


def check_population(
    people: People | None, hierarchies: Sequence[Hierarchy], codes: Sequence[Codes], persons: Codes | None
) -> list[Finding]:
    """Return a finding when the data holds more people of a kind than the population, so that it is no part of it.

    `codes` are the class columns of every row; `persons` tells whose row each is, when k counts persons.
    """
    if people is None:
        return []
    sizes = [len(hierarchy.leaves) for hierarchy in hierarchies]
    rows = list(codes)
    if persons is not None:
        keys, space = tuple_keys([*codes, persons], [*sizes, int(persons.max(initial=0)) + 1])
        first, _ = gather(keys, space, np.ones(len(persons), np.int64))
        rows = [column[first] for column in codes]
    # Both sides in one table: the people count for it, the rows against it.
    both = [np.concatenate(pair) for pair in zip(people.codes, rows, strict=True)]
    keys, space = tuple_keys(both, sizes)
    _, left = gather(keys, space, np.concatenate([people.counts, np.full(len(rows[0]), -1, np.int64)]))
    short = left[left < 0]
    if not len(short):
        return []
    return [finding("population", "warn", sentence="population_lacks", kinds=len(short), rows=-int(short.sum()))]


def people_behind(
    people: People | None,
    hierarchies: Sequence[Hierarchy],
    codes: Sequence[Codes],
    solution: Solution,
    rows: Codes,
    classes: Classes,
) -> Behind | None:
    """Return the people behind each released class; None without a population."""
    if people is None:
        return None
    behind = np.full(len(classes.sizes), np.iinfo(np.int64).max, np.int64)
    roller = Roller(hierarchies, people.codes, people.counts)
    for node in dict.fromkeys(solution.nodes):
        at = np.all(solution.levels[rows] == np.array(node, np.int16), axis=1)
        lifted = [
            h.levels[level].group_of_leaf[c[rows[at]]] for h, level, c in zip(hierarchies, node, codes, strict=True)
        ]
        np.minimum.at(behind, classes.of_row[at], roller.counts_of(node, lifted))
    masked = solution.levels[rows, 0] == SUPPRESSED
    np.minimum.at(behind, classes.of_row[masked], int(people.counts.sum()))
    behind[behind == np.iinfo(np.int64).max] = 0
    # More rows than people prove no more than that everybody is in the data.
    delta = min(1.0, float((classes.weights / np.maximum(behind, 1)).max(initial=0.0)))
    return Behind(behind, round(delta, 12), int(people.counts.sum()))
