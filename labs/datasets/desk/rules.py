"""Rules of a recipe as fields and as JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from labs.datasets.deidentification.recipe import TREATMENTS
from labs.datasets.desk.names import ROLES, STEPS, type_label
from labs.datasets.desk.regions import LEVELS
from labs.datasets.refusals import DeskRefused

PLAIN_FIELDS = ("role", "width", "origin", "bottom", "top", "meters", "axis", "days", "by", "function", "digits")


def options_of(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a rule; a hierarchy of the column's own has a page of its own."""
    left_out = ("role", "treatment", *(("hierarchy",) if is_drawn(rule) else ()))
    return {key: value for key, value in rule.items() if key not in left_out}


def is_drawn(rule: Mapping[str, Any]) -> bool:
    """Return whether the column has a hierarchy of its own."""
    hierarchy = rule.get("hierarchy")
    return isinstance(hierarchy, dict) and "inline" in hierarchy


def written(rule: Mapping[str, Any]) -> str:
    """Return the parameters as JSON."""
    options = options_of(rule)
    return json.dumps(options, ensure_ascii=False) if options else ""


def initial_of(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields show of a rule."""
    role = rule.get("role", "")
    rotation = rule.get("rotation") or {}
    wanted = rule.get("hierarchy") or {}
    built = {"builtin": wanted} if isinstance(wanted, str) and not wanted.endswith(".csv") else wanted
    kind = (
        built.get("builtin", "own" if "inline" in built or "csv" in built else "") if isinstance(built, dict) else "own"
    )
    kind = {"age": "number", "numeric": "number"}.get(kind, kind)
    more = built if isinstance(built, dict) else {}
    level = rule.get("min_level") or rule.get("level") or 1
    return {
        **{key: value for key, value in rule.items() if key in PLAIN_FIELDS},
        "treatment": rule.get("treatment") or (TREATMENTS[role][0] if role in TREATMENTS else ""),
        "kind": kind, "unit": (more.get("units") or ["month"])[0], "finest": LEVELS[min(max(level, 1), 3) - 1],
        "widths": _joined(more.get("widths")), "lengths": _joined(more.get("lengths")), "edges": _joined(rule.get("edges")),
        "cells": _joined(more.get("meters")), "axis": rule.get("axis") or more.get("axis") or "latitude",
        "rotation_period": rotation.get("period", ""), "rotation_column": rotation.get("column", ""),
        "options": written(rule),
    }  # fmt: skip


def options_from(column: str, text: str) -> dict[str, Any]:
    """Return the parameters that JSON describes. Raises DeskRefused."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        problem = _(
            'Column %(column)s: the parameters cannot be read from character %(place)s on. Example: {"width": 10}.'
        )
        told = {"column": column, "place": getattr(error, "pos", 0) + 1}
        raise DeskRefused("recipe_wrong", problem=problem % told) from error
    if not isinstance(found, dict):
        problem = pgettext("recipe", 'Column %(column)s: write the parameters as {"width": 10}.')
        raise DeskRefused("recipe_wrong", problem=problem % {"column": column})
    return {key: value for key, value in found.items() if key not in ("role", "treatment")}


def given(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the values that are there; a whole number without its point."""
    found = {name: values[name] for name in names if values.get(name) not in (None, "")}
    return {key: int(one) if isinstance(one, float) and one.is_integer() else one for key, one in found.items()}


def _joined(numbers: Any) -> str:
    return ", ".join(f"{number:g}" for number in numbers or ())


def dictionary_of(columns: Iterable[Mapping[str, Any]], recipe: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Every released column with its meaning, its role and what was done with it; no value of it."""
    rules = (recipe or {}).get("columns") or {}
    out = []
    for column in columns:
        rule = rules.get(column["name"])
        treatment = "" if rule is None else rule.get("treatment") or TREATMENTS[rule["role"]][0]
        out.append(
            {
                **{key: column.get(key, "") for key in ("name", "description", "description_en")},
                "type": type_label(column.get("type", "")),
                "role": "" if rule is None else ROLES[rule["role"]],
                "treatment": _("As delivered") if recipe == {} else STEPS.get(treatment, ""),
            }
        )
    return out


def without_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the recipe for whoever may not see raw data: a hierarchy of the column's own lists its values."""
    columns = {
        name: rule | {"hierarchy": {"inline": []}} if is_drawn(rule) else rule
        for name, rule in (document.get("columns") or {}).items()
    }
    return {**document, "columns": columns} if "columns" in document else dict(document)
