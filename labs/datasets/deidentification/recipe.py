"""The recipe: what happens to every column, as data. `docs/reference/recipe.schema.json` publishes its form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.yaml_text import read_yaml

TIERS = {"lab": 5, "partner": 11, "public": 20}
CLASS_ROLES = frozenset({"quasi", "geo", "time"})
TREATMENTS: dict[str, tuple[str, ...]] = {  # by role; the first is what happens when none is named
    "direct": ("drop", "pseudonym"),
    "quasi": ("generalize", "interval", "top_bottom", "grid", "keep", "drop"),
    "geo": ("generalize", "grid", "interval", "keep", "drop"),
    "time": ("generalize", "date_shift", "keep", "drop"),
    "sensitive": ("keep", "interval", "top_bottom", "grid", "date_shift", "generalize", "aggregate", "drop"),
    "text": ("redact", "drop"),
    "plain": ("keep", "interval", "top_bottom", "grid", "date_shift", "generalize", "aggregate", "redact", "drop"),
}
BUILTIN = ("age", "date", "region", "numeric", "categorical", "grid", "prefix")
BUILTIN_FIELDS = ("widths", "origin", "units", "format", "meters", "axis", "at_latitude", "lengths")
UNITS = ("minute", "quarter_hour", "hour", "period", "day", "month", "quarter", "year", "decade")
NUMBER, TEXT, WHOLE, FLAG, LIST, OBJECT = "number", "text", "whole", "flag", "list", "object"
COLUMN_FIELDS = {
    "role": TEXT, "treatment": TEXT, "hierarchy": "hierarchy", "min_level": WHOLE, "max_level": WHOLE, "level": WHOLE,
    "width": NUMBER, "origin": NUMBER, "edges": LIST, "bottom": NUMBER, "top": NUMBER, "meters": NUMBER, "axis": TEXT,
    "at_latitude": NUMBER, "days": WHOLE, "by": TEXT, "rotation": OBJECT, "function": TEXT, "digits": WHOLE,
    "format": TEXT, "is_ordered": FLAG, "order": LIST, "note": TEXT,
}  # fmt: skip
RECIPE_FIELDS = {
    "version": WHOLE, "dataset": TEXT, "title": TEXT, "tier": TEXT, "k": WHOLE, "l": OBJECT, "t": OBJECT,
    "suppression_max": NUMBER, "recoding": TEXT, "suppressed": TEXT, "shuffle_rows": FLAG, "columns": OBJECT,
    "note": TEXT, "person": "person", "accepted": LIST, "output": TEXT, "k_map": WHOLE, "delta_presence": NUMBER, "population_count": TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class ColumnRule:
    """Role and treatment of one column, with the treatment's parameters."""

    name: str
    role: str
    treatment: str
    options: Mapping[str, Any]

    @property
    def forms_classes(self) -> bool:
        """Whether the published column belongs to the tuple that classes are made of."""
        return self.role in CLASS_ROLES and self.treatment not in ("drop", "date_shift")

    @property
    def is_published(self) -> bool:
        """Whether the column is in the release."""
        return self.treatment != "drop"


@dataclass(frozen=True)
class Accepted:
    """A finding that somebody answers for: it no longer stops the release, and the report names who and why."""

    check: str
    column: str
    reason: str
    by: str


@dataclass(frozen=True)
class Recipe:
    """One version of a recipe, checked."""

    columns: dict[str, ColumnRule]
    k: int
    distinct: dict[str, int] = field(default_factory=dict)
    entropy: dict[str, float] = field(default_factory=dict)
    closeness: dict[str, float] = field(default_factory=dict)
    suppression_max: float = 0.0
    recoding: str = "global"
    masks_suppressed: bool = False
    shuffles_rows: bool = True
    dataset: str = ""
    tier: str | None = None
    folder: Path = Path()
    sha256: str = ""
    person: tuple[str, ...] = ()
    rows_are_persons: str = ""
    accepted: tuple[Accepted, ...] = ()
    counts_only: bool = False
    k_map: int = 0
    delta_presence: float | None = None
    population_count: str | None = None

    @property
    def class_columns(self) -> list[str]:
        """Published quasi-identifiers, places and times, in the recipe's order."""
        return [name for name, rule in self.columns.items() if rule.forms_classes]

    @property
    def sensitive_columns(self) -> list[str]:
        """Published sensitive columns."""
        return [name for name, rule in self.columns.items() if rule.role == "sensitive" and rule.is_published]


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in `path`; refuses what the schema does not allow, naming the place."""
    if not path.is_file():
        raise Refusal("file_missing", path=path)
    try:
        text = path.read_text("utf-8-sig")
        document = read_yaml(text) if path.suffix.lower() in (".yaml", ".yml") else json.loads(text)
    except (ValueError, OSError, RecursionError) as error:
        raise Refusal("recipe_json", path=path, reason=" ".join(str(error).split())) from error
    return parse_recipe(document, path.parent)


def parse_recipe(document: Any, folder: Path = Path()) -> Recipe:
    """Return the recipe that `document` describes; hierarchy files are looked up in `folder`."""
    _check_fields(document, RECIPE_FIELDS, "/")
    document = _given(document)
    k = document.get("k")
    _require(isinstance(k, int) and k >= 1, "/k", "1, 2, 3 …")
    rules = document.get("columns")
    _require(bool(rules), "/columns", "{}")
    columns = {name: _rule(name, rule) for name, rule in rules.items()}
    suppression = document.get("suppression_max", 0.0)
    _require(0 <= suppression <= 1, "/suppression_max", "0…1")
    _choice(document, "recoding", ("global", "local"), "/")
    _choice(document, "suppressed", ("remove", "mask"), "/")
    _choice(document, "tier", tuple(TIERS), "/")
    _require(document.get("version", 1) == 1, "/version", "1")
    _check_models(document, columns)
    distinct, entropy = _diversity(document.get("l") or {}, columns)
    closeness = {name: float(value) for name, value in (document.get("t") or {}).items() if _is_number(value)}
    for name, value in (document.get("t") or {}).items():
        _require(_is_number(value) and 0 <= value <= 1, f"/t/{name}", "0…1")
        _require_sensitive(name, columns, "t")
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Recipe(
        columns, k, distinct, entropy, closeness, float(suppression), document.get("recoding", "global"),
        document.get("suppressed") == "mask", document.get("shuffle_rows", True), document.get("dataset", ""),
        document.get("tier"), folder, hashlib.sha256(canonical.encode()).hexdigest(),
        **_persons(document.get("person"), columns), accepted=_accepted(document.get("accepted") or []), counts_only=document.get("output") == "counts", k_map=document.get("k_map", 0),
        delta_presence=document.get("delta_presence"), population_count=document.get("population_count"),
    )  # fmt: skip


def _check_models(document: dict[str, Any], columns: dict[str, ColumnRule]) -> None:
    """Check what concerns persons and populations."""
    _choice(document, "output", ("rows", "counts"), "/")
    _require(document.get("k_map", 1) >= 1, "/k_map", "1, 2, 3 …")
    _require(0 < document.get("delta_presence", 1) <= 1, "/delta_presence", "0 < δ ≤ 1")
    counts = document.get("output") == "counts"
    _require(
        not counts or any(rule.forms_classes for rule in columns.values()), "/output", "counts: quasi | geo | time"
    )
    _require(not (counts and document.get("suppressed") == "mask"), "/output", "counts: suppressed = remove")


def _persons(wanted: Any, columns: dict[str, ColumnRule]) -> dict[str, Any]:
    """Return who the persons are: columns that together tell them apart, or that each row is another one, and why."""
    if isinstance(wanted, dict):
        reason = wanted.get("each_row")
        _require(set(wanted) == {"each_row"} and isinstance(reason, str), "/person", "{each_row: reason}")
        _require(bool(str(reason).strip()), "/person/each_row", TEXT)
        return {"rows_are_persons": str(reason).strip()}
    names = [] if wanted is None else [wanted] if isinstance(wanted, str) else wanted
    _require(all(name in columns for name in names), "/person", " | ".join(columns))
    return {"person": tuple(names)}


def _accepted(wanted: list[Any]) -> tuple[Accepted, ...]:
    fields = {"check", "column", "reason", "by"}
    for place, entry in enumerate(wanted):
        whole = (
            isinstance(entry, dict)
            and set(entry) == fields
            and all(isinstance(value, str) and value.strip() for value in entry.values())
        )
        _require(whole, f"/accepted/{place}", "{check, column, reason, by}")
    return tuple(Accepted(**entry) for entry in wanted)


def _diversity(wanted: dict[str, Any], columns: dict[str, ColumnRule]) -> tuple[dict[str, int], dict[str, float]]:
    distinct: dict[str, int] = {}
    entropy: dict[str, float] = {}
    for name, value in wanted.items():
        place = f"/l/{name}"
        _require_sensitive(name, columns, "l")
        both = {"distinct": value} if _is_number(value) else value
        _require(
            isinstance(both, dict) and set(both) <= {"distinct", "entropy"} and bool(both), place, "{distinct, entropy}"
        )
        if "distinct" in both:
            _require(isinstance(both["distinct"], int) and both["distinct"] >= 1, place, "1, 2, 3 …")
            distinct[name] = both["distinct"]
        if "entropy" in both:
            _require(_is_number(both["entropy"]) and both["entropy"] >= 1, place, "≥ 1")
            entropy[name] = float(both["entropy"])
    return distinct, entropy


def _rule(name: str, rule: Any) -> ColumnRule:
    place = f"/columns/{name}"
    _require(isinstance(rule, dict), place, "{}")
    role = rule.get("role")
    if not role:
        raise Refusal("role_missing", column=name)
    _check_fields(rule, COLUMN_FIELDS, place)
    rule = _given(rule)
    _require(role in TREATMENTS, f"{place}/role", " | ".join(TREATMENTS))
    treatment = rule.get("treatment", TREATMENTS[role][0])
    _require(treatment in TREATMENTS[role], f"{place}/treatment", f"{role}: {' | '.join(TREATMENTS[role])}")
    _check_options(rule, treatment, role, place)
    options = {key: value for key, value in rule.items() if key not in ("role", "treatment")}
    return ColumnRule(name, role, treatment, options)


def _check_options(rule: dict[str, Any], treatment: str, role: str, place: str) -> None:
    if treatment == "interval":
        _require("width" in rule or bool(rule.get("edges")), place, "interval: width | edges")
        _require(rule.get("width", 1) > 0, f"{place}/width", "> 0")
        _require(all(_is_number(edge) for edge in rule.get("edges", [])), f"{place}/edges", "[0, 18, 60]")
    if treatment == "top_bottom":
        _require("bottom" in rule or "top" in rule, place, "top_bottom: bottom, top")
    if treatment == "grid":
        _require(rule.get("meters", 0) > 0, place, "grid: meters > 0")
        _choice(rule, "axis", ("latitude", "longitude"), place)
    if treatment == "date_shift":
        _require(rule.get("days", 0) >= 1, place, "date_shift: days ≥ 1")
    if treatment == "aggregate":
        _choice(rule, "function", ("mean", "median"), place)
    if treatment == "generalize" and role not in CLASS_ROLES:
        _require("level" in rule and "hierarchy" in rule, place, "generalize: hierarchy, level")
    if treatment == "pseudonym" and "rotation" in rule:
        rotation = rule["rotation"]
        _require({"column", "period"} == set(rotation), f"{place}/rotation", "{column, period}")
        _choice(rotation, "period", ("day", "month", "year"), f"{place}/rotation")
    if "hierarchy" in rule:
        _check_hierarchy(rule["hierarchy"], f"{place}/hierarchy")


def _check_hierarchy(wanted: Any, place: str) -> None:
    if isinstance(wanted, str):
        _require(wanted in BUILTIN or wanted.endswith(".csv"), place, f"{' | '.join(BUILTIN)} | *.csv")
        return
    _require(isinstance(wanted, dict), place, "{builtin | csv | inline}")
    kinds = [kind for kind in ("builtin", "csv", "inline") if kind in wanted]
    _require(len(kinds) == 1, place, "{builtin | csv | inline}")
    if kinds == ["builtin"]:
        _require(wanted["builtin"] in BUILTIN, place, " | ".join(BUILTIN))
        _check_builtin(wanted, place)
    if kinds == ["csv"]:
        _require(isinstance(wanted["csv"], str), place, "*.csv")
    if kinds == ["inline"]:
        rows = wanted["inline"]
        fits = isinstance(rows, list) and all(
            isinstance(row, list) and all(isinstance(c, str) for c in row) for row in rows
        )
        _require(fits, place, '[["leaf", "level 1", "*"], …]')


def _given(document: dict[str, Any]) -> dict[str, Any]:
    """Return what is really said: null says nothing."""
    return {key: value for key, value in document.items() if value is not None}


def _check_builtin(wanted: dict[str, Any], place: str) -> None:
    _require(set(wanted) <= {"builtin", *BUILTIN_FIELDS}, place, " | ".join(BUILTIN_FIELDS))
    for key, value in wanted.items():
        here = f"{place}/{key}"
        if key in ("widths", "meters"):
            _require(isinstance(value, list) and all(_is_number(v) and v > 0 for v in value), here, "[10, 20, …]")
        elif key == "lengths":
            _require(isinstance(value, list) and all(isinstance(v, int) and v >= 0 for v in value), here, "[4, 2]")
        elif key == "units":
            _require(isinstance(value, list) and all(v in UNITS for v in value), here, " | ".join(UNITS))
        elif key in ("origin", "at_latitude"):
            _require(_is_number(value), here, NUMBER)
        else:
            _require(isinstance(value, str), here, TEXT)
    _choice(wanted, "axis", ("latitude", "longitude"), place)


def _check_fields(document: Any, fields: dict[str, str], place: str) -> None:
    _require(isinstance(document, dict), place, "{}")
    for key, value in document.items():
        here = f"{place.rstrip('/')}/{key}"
        _require(key in fields, here, " | ".join(fields))
        if value is not None:
            _require(_fits(value, fields[key]), here, fields[key])


def _fits(value: Any, kind: str) -> bool:
    kinds: dict[str, type | tuple[type, ...]] = {
        "person": (str, list, dict), TEXT: str, WHOLE: int, FLAG: bool, LIST: list, OBJECT: dict, "hierarchy": (str, dict), NUMBER: (int, float),
    }  # fmt: skip
    return isinstance(value, kinds[kind]) and (kind == FLAG or not isinstance(value, bool))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _choice(document: dict[str, Any], key: str, allowed: tuple[str, ...], place: str) -> None:
    if document.get(key) is not None:
        _require(document[key] in allowed, f"{place.rstrip('/')}/{key}", " | ".join(allowed))


def _require_sensitive(name: str, columns: dict[str, ColumnRule], model: str) -> None:
    rule = columns.get(name)
    _require(rule is not None and rule.role == "sensitive" and rule.is_published, f"/{model}/{name}", "role: sensitive")


def _require(holds: bool, place: str, expected: str) -> None:
    if not holds:
        raise Refusal("recipe_field", place=place, reason=f"→ {expected}")
