"""Draws the plan of the house from the import contracts: `python -m tests.architecture.house` writes the picture anew."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs/pictures/house.svg"
TITLE = "The house: an import goes down, never up"
OUTSIDE = "hub_config"
INSIDE = "inside an app"
ROOM, GAP, PAD, HEAD = 30, 8, 14, 24
HOUSE, LEFT, TOP = 620, 64, 52
SIDE = LEFT + HOUSE + 40
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2933 }
.name { font-weight: 600 } .note { font-size: 12px; fill: #52606d }
.floor { fill: #eef4fb; stroke: #31689c } .room { fill: #fff; stroke: #7b9ebf }
.out { fill: #fdf3e7; stroke: #b0702a } .line { stroke: #31689c; stroke-width: 2 } .wire { stroke: #b0702a; stroke-dasharray: 5 4 }
"""


@dataclass(frozen=True)
class Floor:
    """A folder with its rooms, row by row, the highest first; rooms of one row do not know each other."""

    name: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> int:
        """How much room the floor takes in the picture."""
        return HEAD + len(self.rows) * (ROOM + GAP) + PAD - GAP if self.rows else HEAD + PAD


def contracts() -> list[dict[str, Any]]:
    """Return the import contracts as `lint-imports` reads them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = project["tool"]["importlinter"]["contracts"]
    return found


def rows_of(layers: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Each layer's rooms, without the brackets that say that not every app has one."""
    return tuple(tuple(name.strip(" ()") for name in re.split(r"[|:]", layer)) for layer in layers)


def floors(known: list[dict[str, Any]]) -> list[Floor]:
    """Return the folders from the roof to the ground, each with the rooms that its own contract orders."""
    layered = [one for one in known if one["type"] == "layers"]
    inner = {box: rows_of(one["layers"]) for one in layered for box in one.get("containers", ())}
    order = next(one["layers"] for one in layered if "containers" not in one)
    return [Floor(name, inner.get(name, ())) for row in rows_of(order) for name in row]


def drawing() -> str:
    """Return the picture as it has to be now."""
    known = contracts()
    house = floors(known)
    layers = rows_of(next(one["layers"] for one in known if one["name"] == INSIDE))
    high = TOP + sum(floor.height + GAP for floor in house)
    forbidden = [one["name"] for one in known if one["type"] != "layers"]
    column = TOP + 76 + HEAD + len(layers) * (ROOM + GAP) + PAD + GAP
    height = max(high, column) + 34 + 20 * len(forbidden)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE + 330} {height}" role="img" aria-label="{TITLE}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{SIDE + 330}" height="{height}" fill="#fff"/>',
        _text(LEFT, 32, TITLE, "name"),
        *_floors(house),
        *_next_door(house, layers),
        *(_text(LEFT, max(high, column) + 24 + 20 * n, f"· {name}", "note") for n, name in enumerate(forbidden)),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _floors(house: list[Floor]) -> Iterator[str]:
    top = TOP
    for floor in house:
        yield _box(LEFT, top, HOUSE, floor.height, "floor")
        yield _text(LEFT + PAD, top + 19, f"{floor.name}/", "name")
        yield from _rows(floor.rows, LEFT + PAD, top + HEAD, HOUSE - 2 * PAD)
        top += floor.height + GAP
    down, end = LEFT - 26, top - GAP
    yield f'<path class="line" fill="none" d="M{down} {TOP} V{end} m-6 -10 l6 10 l6 -10"/>'


def _next_door(house: list[Floor], layers: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    yield _box(SIDE, TOP, 310, 60, "out")
    yield _text(SIDE + PAD, TOP + 24, f"{OUTSIDE}/", "name")
    yield _text(SIDE + PAD, TOP + 46, "HTTP alone, in both directions", "note")
    yield f'<path class="wire" d="M{LEFT + HOUSE} {TOP + 30} H{SIDE}"/>'
    top = TOP + 76
    yield _box(SIDE, top, 310, HEAD + len(layers) * (ROOM + GAP) + PAD - GAP, "floor")
    yield _text(SIDE + PAD, top + 19, f"{INSIDE}, where it has them", "name")
    yield from _rows(layers, SIDE + PAD, top + HEAD, 310 - 2 * PAD)


def _rows(rows: tuple[tuple[str, ...], ...], left: int, top: int, width: int) -> Iterator[str]:
    for number, row in enumerate(rows):
        each = (width - GAP * (len(row) - 1)) // len(row)
        for place, name in enumerate(row):
            x, y = left + place * (each + GAP), top + GAP // 2 + number * (ROOM + GAP)
            yield _box(x, y, each, ROOM, "room")
            yield _text(x + each // 2, y + 20, name, anchor="middle")


def _box(x: int, y: int, width: int, height: int, kind: str) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="5"/>'


def _text(x: int, y: int, words: str, kind: str = "", anchor: str = "") -> str:
    more = (f' class="{kind}"' if kind else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x}" y="{y}"{more}>{escape(words)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(drawing(), "utf-8")
