"""Points in meters: eastings and northings of China's grids (3° and 6° zones, with their number or without) and of map tiles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from labs.datasets.deidentification.shares import holds_mostly

NUMBER = re.compile(r"\d{6,8}(?:\.\d+)?\Z")
PAIR = re.compile(r"(?:POINT\s*\(\s*)?(\d{6,8}(?:\.\d+)?)\s*[, ;]\s*(\d{6,8}(?:\.\d+)?)\s*\)?\Z", re.IGNORECASE)
HEADING = re.compile(r"坐标|^[xy]$|(?:^|_)[xy]$|^(?:coord(?:inate)?_?)?[xy](?:_?coord(?:inate)?)?$|easting|northing|东距|北距", re.IGNORECASE)  # fmt: skip
LOOKED_AT, FEWEST, MOSTLY, HALF = 500, 5, 0.95, 0.5
# Zone 25 to 45 (3°) and 13 to 23 (6°) stand before the easting where they stand there at all.
NORTHING, EASTING, ZONES = (400_000.0, 6_000_000.0), (160_000.0, 840_000.0), range(13, 46)
TILE_EAST, TILE_NORTH = (8_100_000.0, 15_200_000.0), (330_000.0, 7_200_000.0)
COARSE, WIDEST, LARGEST_SPREAD = 100, 1_500_000.0, 0.3


def sides_of(labels: Sequence[str]) -> frozenset[str]:
    """Return which sides of a point in meters the values may be: none where they are round, counted or far apart."""
    values = [label.strip() for label in labels[:LOOKED_AT] if label.strip()]
    if len(values) < FEWEST or not holds_mostly(values, NUMBER.match, 1.0):
        return frozenset()
    numbers = sorted(float(value) for value in values)
    if not holds_mostly(values, _is_fine, HALF) or _are_counted(numbers) or numbers[-1] - numbers[0] > WIDEST:
        return frozenset()
    out = set()
    if _within(numbers, NORTHING) and numbers[-1] - numbers[0] <= LARGEST_SPREAD * numbers[0]:
        out.add("north")
    if _within([_without_zone(number) for number in numbers], EASTING):
        out.add("east")
    if _within(numbers, TILE_EAST):
        out.add("tile east")
    if _within(numbers, TILE_NORTH):
        out.add("tile north")
    return frozenset(out)


def make_a_point(some: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether two columns may be the two sides of one point."""
    return any({one, other} in ({"north", "east"}, {"tile north", "tile east"}) for one in some for other in others)


def is_fine_point(heading: str, labels: Sequence[str]) -> bool:
    """Return whether a column holds points in meters: both sides in a cell, or one under a heading that says so."""
    pairs = [found.groups() for label in labels[:LOOKED_AT] if (found := PAIR.match(label.strip()))]
    if len(pairs) >= FEWEST and len(pairs) >= MOSTLY * len([label for label in labels[:LOOKED_AT] if label.strip()]):
        one, other = ([pair[place] for pair in pairs] for place in (0, 1))
        return make_a_point(sides_of(one), sides_of(other))
    return HEADING.search(heading) is not None and bool(sides_of(labels))


def _is_fine(value: str) -> bool:
    return float(value) % COARSE != 0


def _are_counted(numbers: Sequence[float]) -> bool:
    """Return whether the numbers are counted up, as those of cases are."""
    return numbers[-1] - numbers[0] < 2 * len(numbers)


def _without_zone(number: float) -> float:
    return number % 1_000_000 if number >= 1_000_000 and int(number // 1_000_000) in ZONES else number


def _within(numbers: Sequence[float], bounds: tuple[float, float]) -> bool:
    return all(bounds[0] <= number <= bounds[1] for number in numbers)
