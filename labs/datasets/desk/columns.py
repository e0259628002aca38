"""The columns of a recipe as rows of a form: role, treatment, and what the treatment needs, in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from labs.datasets.deidentification.recipe import TREATMENTS
from labs.datasets.models import Draft
from labs.datasets.refusals import DeskRefused

ROLES = {
    "direct": pgettext_lazy("role of a column", "Direct identifier"),
    "quasi": pgettext_lazy("role of a column", "Quasi-identifier"),
    "geo": pgettext_lazy("role of a column", "Place"),
    "time": pgettext_lazy("role of a column", "Time"),
    "sensitive": pgettext_lazy("role of a column", "Sensitive"),
    "text": pgettext_lazy("role of a column", "Free text"),
    "plain": pgettext_lazy("role of a column", "Plain"),
}
STEPS = {
    "drop": pgettext_lazy("treatment of a column", "Leave out"),
    "pseudonym": pgettext_lazy("treatment of a column", "Keyed pseudonym"),
    "generalize": pgettext_lazy("treatment of a column", "Generalise"),
    "interval": pgettext_lazy("treatment of a column", "Intervals"),
    "top_bottom": pgettext_lazy("treatment of a column", "Cut both ends"),
    "grid": pgettext_lazy("treatment of a column", "Grid cell"),
    "keep": pgettext_lazy("treatment of a column", "Keep"),
    "date_shift": pgettext_lazy("treatment of a column", "Shift dates"),
    "aggregate": pgettext_lazy("treatment of a column", "Mean of the class"),
    "redact": pgettext_lazy("treatment of a column", "Blot out identifiers"),
}
TYPES = {
    "integer": pgettext_lazy("type of a column", "Whole number"),
    "number": pgettext_lazy("type of a column", "Number"),
    "boolean": pgettext_lazy("type of a column", "Yes or no"),
    "date": pgettext_lazy("type of a column", "Date"),
    "category": pgettext_lazy("type of a column", "Category"),
    "text": pgettext_lazy("type of a column", "Text"),
    "empty": pgettext_lazy("type of a column", "Empty"),
}
LONGEST_OPTIONS = 20_000
OF_POPULATION = ("k_map", "delta_presence", "population_count")


@dataclass(frozen=True)
class ColumnRow:
    """One column of the raw data, and what the draft does with it."""

    place: int
    name: str
    type: str
    role: str
    treatment: str
    options: str
    suggested: str
    facts: Mapping[str, Any]
    drawn: int = 0
    """Values in the column's own hierarchy, which has a page of its own; 0 when it has none."""

    @property
    def roles(self) -> list[tuple[str, Any]]:
        """What can be chosen."""
        return list(ROLES.items())

    @property
    def treatments(self) -> list[tuple[str, Any, str]]:
        """Treatments, each with the roles that allow it."""
        return [
            (name, label, " ".join(role for role, allowed in TREATMENTS.items() if name in allowed))
            for name, label in STEPS.items()
        ]

    @property
    def suggested_label(self) -> str:
        """The role that the profile suggests."""
        return str(ROLES.get(self.suggested, ""))


def rows_of(draft: Draft) -> list[ColumnRow]:
    """The columns of the draft's batch, in their order."""
    described = {column["name"]: column for column in draft.batch.profile.get("columns", [])}
    rules = draft.document.get("columns", {})
    return [
        _row(place, column["name"], described.get(column["name"], column), rules.get(column["name"], {}))
        for place, column in enumerate(draft.batch.columns)
    ]


def _row(place: int, name: str, facts: Mapping[str, Any], rule: Mapping[str, Any]) -> ColumnRow:
    drawn = _drawn(rule)
    left_out = ("role", "treatment", *(("hierarchy",) if drawn else ()))
    options = {key: value for key, value in rule.items() if key not in left_out}
    role = rule.get("role", "")
    treatment = rule.get("treatment") or (TREATMENTS[role][0] if role in TREATMENTS else "")
    written = json.dumps(options, ensure_ascii=False) if options else ""
    return ColumnRow(
        place,
        name,
        type_label(facts.get("type", "")),
        role,
        treatment,
        written,
        facts.get("suggested_role", ""),
        facts,
        drawn,
    )


def document_from(draft: Draft, posted: QueryDict, limits: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe that the page's rows and limits describe, over what only the file can say. Raises DeskRefused."""
    columns: dict[str, Any] = {}
    for row in rows_of(draft):
        role = posted.get(f"role-{row.place}", row.role)
        if not role:
            continue
        treatment = posted.get(f"treatment-{row.place}", row.treatment)
        if role in TREATMENTS and treatment not in TREATMENTS[role]:
            treatment = TREATMENTS[role][0]
        options = _options(row.name, posted.get(f"options-{row.place}", row.options))
        if row.drawn and treatment == "generalize" and "hierarchy" not in options:
            options["hierarchy"] = draft.document["columns"][row.name]["hierarchy"]
        columns[row.name] = {"role": role, "treatment": treatment, **options}
    sensitive = [name for name, rule in columns.items() if rule["role"] == "sensitive" and rule["treatment"] != "drop"]
    of_people = {key: limits.get(key) or None for key in OF_POPULATION if key in posted}
    of_people |= {"person": person_from(limits) or None} if "person" in posted else {}
    said = {key: value for key, value in (draft.document | of_people).items() if value is not None}
    document = {**said, "columns": columns, "k": limits.get("k") or draft.document.get("k") or 5}
    if limits.get("suppression_max") is not None:
        document["suppression_max"] = round(limits["suppression_max"] / 100, 6)
    if limits.get("recoding"):
        document["recoding"] = limits["recoding"]
    for key, wanted in (("l", limits.get("diversity")), ("t", limits.get("closeness"))):
        kept = {name: value for name, value in (document.get(key) or {}).items() if name in sensitive}
        document[key] = dict.fromkeys(sensitive, wanted) if wanted is not None else kept
        if not document[key]:
            del document[key]
    return document


def person_from(limits: Mapping[str, Any]) -> Any:
    """Who a person is, as a recipe says it, from the two fields of the page."""
    if limits.get("each_row"):
        return {"each_row": limits["each_row"]}
    names = [name.strip() for name in re.split("[,，、]", limits.get("person") or "") if name.strip()]
    return names[0] if len(names) == 1 else names


def person_initial(person: Any) -> dict[str, str]:
    """The two fields of the page from what a recipe says."""
    if isinstance(person, dict):
        return {"each_row": person.get("each_row", "")}
    return {"person": person if isinstance(person, str) else ", ".join(person or [])}


def type_label(code: str) -> str:
    """The name of a column's type."""
    return str(TYPES.get(code, code))


def _drawn(rule: Mapping[str, Any]) -> int:
    hierarchy = rule.get("hierarchy")
    return len(hierarchy["inline"]) if isinstance(hierarchy, dict) and "inline" in hierarchy else 0


def _options(column: str, text: str) -> dict[str, Any]:
    text = text.strip()
    if not text:
        return {}
    try:
        found = json.loads(text[:LONGEST_OPTIONS])
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
