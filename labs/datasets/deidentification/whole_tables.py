"""What columns tell only beside one another: people as headings, and two columns of numbers that are a point on a map."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from labs.datasets.deidentification import projected
from labs.datasets.deidentification.shaped_names import is_name_shaped, is_usual
from labs.datasets.deidentification.shares import holds_mostly

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


def points_in(labels: Mapping[str, Sequence[str]], asked: Collection[str]) -> list[str]:
    """Return which of the columns `asked` are a latitude or longitude next to the other, whatever their headings are.

    `labels` may work a column's values out when it is looked up: only those are, that the answer needs.
    """
    names = list(labels)
    sides: dict[str, frozenset[str]] = {}

    def sides_of(name: str) -> frozenset[str]:
        if name not in sides:
            sides[name] = frozenset(filter(None, [_side(labels[name])])) or projected.sides_of(labels[name])
        return sides[name]

    out = []
    for place, name in enumerate(names):
        if name not in asked or not sides_of(name):
            continue
        near = names[max(0, place - NEAR) : place] + names[place + 1 : place + NEAR + 1]
        if any(projected.make_a_point(sides_of(name), sides_of(other)) for other in near):
            out.append(name)
    return out


def _side(labels: Sequence[str]) -> str:
    """north or east for numbers with five decimals or more, all of them in China; else empty."""
    values = [label.strip() for label in labels[:LOOKED_AT] if label.strip()]
    if len(values) < FEWEST or not holds_mostly(values, FINE.match, MOSTLY):
        return ""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return ""
    for side, (low, high) in (("north", NORTH), ("east", EAST)):
        if all(low <= number <= high for number in numbers):
            return side
    return ""


def kinds_together(labels: Mapping[str, Sequence[str]], asked: Collection[str] | None = None) -> dict[str, str]:
    """Return the kind of every column (of those `asked`) that the table as a whole shows to be about who somebody is."""
    names = list(labels)
    points = points_in(labels, names if asked is None else asked)
    return dict.fromkeys(points, "coordinates") | dict.fromkeys(people_as_headings(names), "heading")
