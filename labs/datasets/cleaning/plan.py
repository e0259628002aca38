"""A plan: where the table stands in the file, and the steps that clean it. Written down, versioned, replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_STEPS = 100
MOST_PAIRS = 2_000
LONGEST = 500
BAD = ("keep", "empty", "drop")
"""What becomes of a cell that a step cannot read: it stays, is emptied, or its row goes. It is listed in every case."""

FIELDS: dict[str, dict[str, tuple[str, Any]]] = {
    "trim": {"columns": ("columns", None)},
    "width": {"columns": ("columns", None), "to": ("choice", ("letters", "all", "full"))},
    "case": {"columns": ("columns", None), "to": ("choice", ("upper", "lower", "title"))},
    "map": {"column": ("column", None), "values": ("pairs", None), "unknown": ("choice", (*BAD, "ignore"))},
    "dates": {
        "columns": ("chosen", None), "order": ("choice", ("ymd", "dmy", "mdy")), "to": ("choice", ("exact", "day")),
        "serials": ("choice", ("1900", "1904")), "bad": ("choice", BAD),
    },
    "numbers": {"columns": ("chosen", None), "decimal": ("choice", (".", ",")), "bad": ("choice", BAD)},
    "drop_totals": {},
    "drop_notes": {},
    "drop_values": {"column": ("column", None), "values": ("lines", None)},
    "fill_down": {"columns": ("chosen", None)},
    "split": {"column": ("column", None), "by": ("text", None), "into": ("lines", None)},
    "join": {"columns": ("chosen", None), "by": ("free", None), "into": ("name", None)},
    "rename": {"column": ("column", None), "to": ("name", None)},
    "swap": {"columns": ("two", None)},
}  # fmt: skip
"""Every step with its fields: what each holds, and its choices, the first of which is the default."""


class PlanWrong(ValueError):
    """The plan cannot be carried out; `place` names the field and `key` what is wrong."""

    def __init__(self, place: str, key: str) -> None:
        super().__init__(f"{place}: {key}")
        self.place, self.key = place, key


@dataclass(frozen=True)
class Step:
    """One step: what it does and its fields."""

    do: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that it names; none: all of them."""
        column = self.fields.get("column")
        return (column,) if column else tuple(self.fields.get("columns", ()))


@dataclass(frozen=True)
class Plan:
    """Sheet, header, units and steps; `columns` are the headings of the delivery for which it was last saved."""

    sheet: str = ""
    header_row: int = 0
    header_rows: int = 1
    units_row: int = 0
    steps: tuple[Step, ...] = ()
    columns: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the plan as it is kept."""
        return {
            "version": 1, "sheet": self.sheet, "header_row": self.header_row, "header_rows": self.header_rows,
            "units_row": self.units_row, "steps": [{"do": step.do, **step.fields} for step in self.steps],
            "columns": list(self.columns),
        }  # fmt: skip


def parse_plan(document: Any) -> Plan:
    """Return the plan that the document describes. Raises PlanWrong, naming the place."""
    if not isinstance(document, dict):
        raise PlanWrong("/", "object")
    strange = set(document) - {"version", "sheet", "header_row", "header_rows", "units_row", "steps", "columns"}
    if strange:
        raise PlanWrong(f"/{min(strange)}", "unknown")
    steps, columns = document.get("steps", []), document.get("columns", [])
    if document.get("version", 1) != 1:
        raise PlanWrong("/version", "unknown")
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise PlanWrong("/steps", "many")
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise PlanWrong("/columns", "list")
    return Plan(
        sheet=_text(document.get("sheet", ""), "/sheet", is_needed=False),
        header_row=_whole(document.get("header_row", 0), "/header_row", 10_000),
        header_rows=_whole(document.get("header_rows", 1), "/header_rows", 3, least=1),
        units_row=_whole(document.get("units_row", 0), "/units_row", 10_000),
        steps=tuple(parse_step(step, f"/steps/{place}") for place, step in enumerate(steps)),
        columns=tuple(columns),
    )


def parse_step(document: Any, place: str = "/") -> Step:
    """Return one step with every field, defaults filled in. Raises PlanWrong."""
    if not isinstance(document, dict) or document.get("do") not in FIELDS:
        raise PlanWrong(f"{place}/do", "unknown")
    do = document["do"]
    strange = set(document) - {"do", *FIELDS[do]}
    if strange:
        raise PlanWrong(f"{place}/{min(strange)}", "unknown")
    values = {
        name: _value(document.get(name), kind, choices, f"{place}/{name}")
        for name, (kind, choices) in FIELDS[do].items()
    }
    return Step(do, values)


def _value(value: Any, kind: str, choices: Any, place: str) -> Any:
    if kind == "choice":
        value = value or choices[0]
        if value not in choices:
            raise PlanWrong(place, "choice")
        return value
    if kind in ("column", "name", "text"):
        return _text(value, place, strips=kind != "text")
    if kind == "free":
        return _text(value or "", place, is_needed=False, strips=False)
    if kind == "pairs":
        return _pairs(value, place)
    names = [] if value is None else value
    if not isinstance(names, list) or not all(isinstance(name, str) and len(name) <= LONGEST for name in names):
        raise PlanWrong(place, "list")
    if kind != "columns" and not names:
        raise PlanWrong(place, "needed")
    if len(set(names)) != len(names):
        raise PlanWrong(place, "twice")
    if kind == "two" and len(names) != 2:
        raise PlanWrong(place, "two")
    return names


def _pairs(value: Any, place: str) -> dict[str, str]:
    if not isinstance(value, dict) or not value or len(value) > MOST_PAIRS:
        raise PlanWrong(place, "pairs")
    if not all(isinstance(part, str) and len(part) <= LONGEST for pair in value.items() for part in pair):
        raise PlanWrong(place, "pairs")
    return value


def _text(value: Any, place: str, *, is_needed: bool = True, strips: bool = True) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or "\x00" in value:
        raise PlanWrong(place, "needed" if value is None else "text")
    value = value.strip() if strips else value
    if is_needed and not value:
        raise PlanWrong(place, "needed")
    return value


def _whole(value: Any, place: str, most: int, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise PlanWrong(place, "number")
    return value


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a plan, made of the same table that validates it."""
    texts = {"type": "array", "items": {"type": "string", "maxLength": LONGEST}, "uniqueItems": True}
    kinds: dict[str, dict[str, Any]] = {
        "columns": texts, "chosen": texts | {"minItems": 1}, "lines": texts | {"minItems": 1},
        "two": texts | {"minItems": 2, "maxItems": 2}, "free": {"type": "string", "maxLength": LONGEST},
        "pairs": {"type": "object", "minProperties": 1, "maxProperties": MOST_PAIRS,
                  "additionalProperties": {"type": "string", "maxLength": LONGEST}},
    }  # fmt: skip
    said = {"type": "string", "minLength": 1, "maxLength": LONGEST}
    optional = ("choice", "columns", "free")
    steps = [
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["do", *(name for name, (kind, _) in fields.items() if kind not in optional)],
            "properties": {"do": {"const": do}}
            | {
                name: {"enum": list(choices), "default": choices[0]} if kind == "choice" else kinds.get(kind, said)
                for name, (kind, choices) in fields.items()
            },
        }
        for do, fields in FIELDS.items()
    ]
    row = {"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cleaning plan",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "version": {"const": 1},
            "sheet": {"type": "string", "maxLength": LONGEST, "default": ""},
            "header_row": row,
            "header_rows": {"type": "integer", "minimum": 1, "maximum": 3, "default": 1},
            "units_row": row,
            "columns": {"type": "array", "items": {"type": "string"}},
            "steps": {"type": "array", "maxItems": MOST_STEPS, "items": {"oneOf": steps}},
        },
    }
