"""The population behind a table: how many people each class could be, for k-map, δ-presence and journalist risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labs.datasets.deidentification.builtin import to_number
from labs.datasets.deidentification.groups import Roller, gather, tuple_keys
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy
from labs.datasets.deidentification.lattice import People
from labs.datasets.deidentification.metrics import Classes
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import Recipe
from labs.datasets.deidentification.solving import SUPPRESSED, Solution

__all__ = ["Behind", "People", "people_behind", "people_of"]


@dataclass(frozen=True)
class Behind:
    """The people behind every released class, and what they prove."""

    people: Codes
    delta: float

    @property
    def k_map(self) -> int:
        """The fewest people of the population that a released class could be."""
        return int(self.people.min(initial=1 << 62)) if len(self.people) else 0


def people_of(population: Table, recipe: Recipe, hierarchies: Sequence[Hierarchy]) -> People:
    """Return the population in the codes of the hierarchies. Raises Refusal for a missing column or a wrong count."""
    codes = []
    for hierarchy in hierarchies:
        found, labels = population.encoded(hierarchy.name)
        codes.append(np.array([hierarchy.code_of[label] for label in labels], np.int64)[found])
    counts = np.ones(population.frame.height, np.int64)
    if recipe.population_count:
        found, labels = population.encoded(recipe.population_count)
        counts = np.array([to_number(recipe.population_count, label) for label in labels], np.float64)[found].astype(
            np.int64
        )
    keys, space = tuple_keys(codes, [len(h.leaves) for h in hierarchies])
    first, totals = gather(keys, space, counts)
    return People(tuple(column[first] for column in codes), totals)


def people_behind(
    people: People | None, hierarchies: Sequence[Hierarchy], codes: Sequence[Codes], solution: Solution, rows: Codes,
    classes: Classes,
) -> Behind | None:  # fmt: skip
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
    delta = float((classes.weights / np.maximum(behind, 1)).max(initial=0.0))
    return Behind(behind, round(delta, 12))
