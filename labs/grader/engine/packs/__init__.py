"""Attacks on labs and damages to honest notebooks, as data: the tests run them, and every lab is checked with them.

`attacks/*.toml` hold hostile code and how its question must end, `labs.toml` the labs that it is written for,
`damages.toml` what trainees do to notebooks by accident. An attack that is `wide` knows nothing of a lab.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FILES = ("integrity", "crossing", "forgery", "hollow", "reading", "leaks", "network", "exhaustion", "bombs")


@dataclass(frozen=True)
class Attack:
    """What a hostile trainee hands in, and what must come of it.

    `found`: it lists what it could reach, which must be nothing. `silent`: it has seen a hidden test and must not
    be able to say so. `review`: no deception but a hollow answer, which an author should look at; what one rightly
    `earns` on the pack's own lab is said. `ruins`: its own later answers cannot run. `ours_only`: it speaks the
    protocol of this engine.
    """

    name: str
    case: int
    family: str
    lab: str = "plain"
    code: str = ""
    later: str = ""
    edit: str = ""
    bomb: str = ""
    verdicts: tuple[str, ...] = ()
    says: str = ""
    wide: bool = False
    found: bool = False
    silent: bool = False
    review: bool = False
    ruins: bool = False
    earns: float = 0.0
    ours_only: bool = False


@dataclass(frozen=True)
class Damage:
    """What happens to an honest notebook on its way: steps done one after the other. `wide` fits any lab."""

    name: str
    title: str
    title_en: str
    steps: tuple[dict[str, Any], ...]
    wide: bool = True


@dataclass(frozen=True)
class Family:
    """What attacks of one kind have in common, in words, and what an author can do about them."""

    title: str
    title_en: str
    remedy: str = "测试没有挡住这种答卷。请改为检查作答得到的普通值。"
    remedy_en: str = "The test does not stop this answer. Check plain values of what the trainee made."


@dataclass(frozen=True)
class Lab:
    """A lab of the pack's own, with the names that its answers bind."""

    name: str
    cell: tuple[dict[str, Any], ...]
    files: dict[str, str] = field(default_factory=dict)
    functions: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@cache
def attacks() -> tuple[Attack, ...]:
    """Return every attack, in order."""
    found = [entry for name in FILES for entry in _read(f"attacks/{name}.toml")["attack"]]
    return tuple(Attack(**_fields(entry)) for entry in found)


@cache
def damages() -> tuple[Damage, ...]:
    """Return every damage, in order."""
    return tuple(Damage(**entry | {"steps": tuple(entry["steps"])}) for entry in _read("damages.toml")["damage"])


@cache
def families() -> dict[str, Family]:
    """Return the families of attacks by name."""
    return {name: Family(**entry) for name, entry in _read("families.toml").items()}


@cache
def labs() -> dict[str, Lab]:
    """Return the pack's own labs by name."""
    found = [Lab(**_fields(entry)) for entry in _read("labs.toml")["lab"]]
    return {lab.name: lab for lab in found}


def _fields(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with lists made unchangeable."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))
