"""What columns tell only beside one another: people as headings, and two columns of numbers that are a point on a map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from labs.datasets.deidentification.shaped_names import is_name_shaped, is_usual

FEWEST_HEADINGS = 3
FINE = re.compile(r"-?\d{1,3}\.\d{5,}\Z")
NORTH, EAST = (3.0, 54.0), (73.0, 136.0)
"""Latitudes and longitudes of China with its sea."""
MOSTLY, FEWEST, NEAR = 0.8, 5, 2
LOOKED_AT = 500


def people_as_headings(headings: Sequence[str]) -> list[str]:
    """Return the headings that are names, where there are so many sure ones that they are no accident."""
    if sum(map(is_usual, headings)) < FEWEST_HEADINGS:
        return []
    return [name for name in headings if is_name_shaped(name)]


def points_in(labels: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the columns that are a latitude and a longitude next to each other, whatever their headings are."""
    names = list(labels)
    sides = [_side(labels[name]) for name in names]
    out: set[str] = set()
    for place, side in enumerate(sides):
        for other in range(place + 1, min(place + NEAR + 1, len(names))):
            if {side, sides[other]} == {"north", "east"}:
                out |= {names[place], names[other]}
    return [name for name in names if name in out]


def _side(labels: Sequence[str]) -> str:
    """north or east for numbers with five decimals or more, all of them in China; else empty."""
    values = [label.strip() for label in labels[:LOOKED_AT] if label.strip()]
    if len(values) < FEWEST or sum(FINE.match(value) is not None for value in values) < MOSTLY * len(values):
        return ""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return ""
    for side, (low, high) in (("north", NORTH), ("east", EAST)):
        if all(low <= number <= high for number in numbers):
            return side
    return ""


def kinds_together(labels: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the kind of every column that the table as a whole shows to be about who somebody is."""
    return dict.fromkeys(points_in(labels), "coordinates") | dict.fromkeys(people_as_headings(list(labels)), "heading")
