"""A whole recipe out of the profile: a role and a treatment for every column, ready to be built and to be changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from labs.datasets.desk.drawing import values_of
from labs.datasets.desk.regions import are_codes, are_names, rows_of_names
from labs.datasets.models import Draft
from labs.datasets.refusals import DeskRefused

AGES = [5, 10, 20, 40]
STEPS_OF_RANGE = 10
CITY_LATITUDE = 34.3
LARGEST_LATITUDE, LARGEST_LONGITUDE = 90, 180
METERS = 500
"""How wide a cell of the suggestion is; coordinates beyond all degrees are meters themselves."""


def suggested(draft: Draft, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with a rule for every column that has none yet,
    and with who a person is where columns tell."""
    described = {column["name"]: column for column in draft.batch.profile.get("columns", [])}
    columns = dict(kept.get("columns") or {})
    for column in draft.batch.columns:
        name = column["name"]
        if name not in columns:
            columns[name] = rule_for(draft, described.get(name, column))
    document = {"k": 5, "suppression_max": 0.05, **kept, "columns": columns}
    person = _person(draft, described)
    return document if "person" in document or person is None else document | {"person": person}


def rule_for(draft: Draft, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Role and treatment of one column by what its profile tells."""
    name, role = facts["name"], facts.get("suggested_role") or "plain"
    if role in ("direct", "text"):
        return {"role": role, "treatment": "drop" if role == "direct" else "redact"}
    if role == "time":
        finest = (
            ["year", "decade"] if facts.get("points_to") == "birth_date" else ["month", "quarter", "year", "decade"]
        )
        return _generalized(role, {"builtin": "date", "units": finest}, 1)
    if role == "geo" and (facts.get("max") or 0) > LARGEST_LONGITUDE:
        return {"role": role, "treatment": "interval", "width": METERS}
    if role == "geo":
        axis = "longitude" if _is_longitude(name, facts) else "latitude"
        more = {"at_latitude": CITY_LATITUDE} if axis == "longitude" else {}
        return {"role": role, "treatment": "grid", "meters": 500, "axis": axis} | more
    if role == "quasi":
        return _quasi(draft, facts)
    return {"role": role, "treatment": "keep"}


def _is_longitude(name: str, facts: Mapping[str, Any]) -> bool:
    """By the heading; a neutral one leaves the values, of which no latitude lies beyond 90."""
    if any(word in name.lower() for word in ("lon", "lng", "经度")):
        return True
    return "纬" not in name and "lat" not in name.lower() and (facts.get("max") or 0) > LARGEST_LATITUDE


def _quasi(draft: Draft, facts: Mapping[str, Any]) -> dict[str, Any]:
    name = facts["name"]
    if facts.get("type") in ("integer", "number"):
        is_age = "年龄" in name or name.lower() == "age"
        return _generalized("quasi", {"builtin": "numeric", "widths": AGES if is_age else _widths(facts)})
    common = [item["value"] for item in facts.get("commonest", []) if item.get("value")]
    if are_codes(common) or are_names(common):
        try:
            values = values_of(draft, name)
            if are_codes(values):
                return _generalized("geo", {"builtin": "region"}, 1)
            return _generalized("geo", {"inline": rows_of_names(values, "county")}, 1)
        except DeskRefused:  # a value that is no district, or a file too large to look: shown or hidden
            pass
    return _generalized("quasi", {"builtin": "categorical"})


def _generalized(role: str, hierarchy: Mapping[str, Any], least: int = 0) -> dict[str, Any]:
    more = {"min_level": least} if least else {}
    return {"role": role, "treatment": "generalize", "hierarchy": dict(hierarchy), **more}


def _widths(facts: Mapping[str, Any]) -> list[float]:
    """Three widths, a round tenth of the range and twice and five times of it."""
    low, high = facts.get("min"), facts.get("max")
    if low is None or high is None or high <= low:
        return [10, 20, 50]
    first = 10 ** math.floor(math.log10((high - low) / STEPS_OF_RANGE))
    return [int(width) if float(width).is_integer() else width for width in (first, 2 * first, 10 * first)]


def _person(draft: Draft, described: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the column that tells people apart where somebody fills several rows: a number rather than a name."""
    rows = draft.batch.rows or 0
    for kind in ("id_number", "phone", "account", "name"):
        for name, facts in described.items():
            if facts.get("points_to") == kind and 0 < facts["distinct"] < rows - facts["missing"]:
                return name
    return None
