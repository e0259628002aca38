"""What the checks look at: a release beside its source."""

from __future__ import annotations

from dataclasses import dataclass

from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.metrics import Classes
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import Recipe


@dataclass(frozen=True)
class Subject:
    """What is checked: the source, the recipe, the release, the source row of each released row, classes, levels."""

    source: Table
    recipe: Recipe
    release: Table
    rows: Codes
    classes: Classes
    levels: dict[str, list[int]]

    @property
    def plain_columns(self) -> list[str]:
        """Published columns that no class protects."""
        rules = self.recipe.columns
        return [
            n for n in self.release.frame.columns if not rules[n].forms_classes and rules[n].treatment != "pseudonym"
        ]
