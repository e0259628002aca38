"""The columns of a recipe as rows of a form: role, treatment, and what the treatment needs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import QueryDict

from labs.datasets.deidentification.recipe import TREATMENTS
from labs.datasets.desk.drawing import values_of
from labs.datasets.desk.names import ROLES, STEPS, type_label
from labs.datasets.desk.rules import is_drawn
from labs.datasets.desk.treatments import TreatmentForm
from labs.datasets.models import Draft
from labs.datasets.refusals import DeskRefused

OF_POPULATION = ("k_map", "delta_presence", "population_count")


@dataclass(frozen=True)
class ColumnRow:
    """One column of the raw data, and what the draft does with it."""

    place: int
    name: str
    type: str
    suggested: str
    facts: Mapping[str, Any]
    form: TreatmentForm
    drawn: int = 0
    """Values in the column's own hierarchy, which has a page of its own; 0 when it has none."""

    @property
    def role(self) -> str:
        """The role as the form shows it."""
        return str(self.form["role"].value() or "")

    @property
    def treatment(self) -> str:
        """The treatment as the form shows it."""
        return str(self.form["treatment"].value() or "")

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


def rows_of(draft: Draft, posted: QueryDict | None = None) -> list[ColumnRow]:
    """Return the columns of the draft's batch, in their order, as they are saved or as they were posted."""
    described = {column["name"]: column for column in draft.batch.profile.get("columns", [])}
    rules = draft.document.get("columns", {})
    names = [column["name"] for column in draft.batch.columns]
    return [
        _row(draft, place, names, described.get(column["name"], column), rules.get(column["name"], {}), posted)
        for place, column in enumerate(draft.batch.columns)
    ]


def _row(
    draft: Draft,
    place: int,
    names: Sequence[str],
    facts: Mapping[str, Any],
    rule: Mapping[str, Any],
    posted: QueryDict | None,
) -> ColumnRow:
    name = names[place]
    form = TreatmentForm(
        posted, column=name, place=place, rule=rule, columns=names, values=partial(values_of, draft, name)
    )
    drawn = len(rule["hierarchy"]["inline"]) if is_drawn(rule) else 0
    return ColumnRow(
        place, name, type_label(facts.get("type", "")), facts.get("suggested_role", ""), facts, form, drawn
    )


def document_from(
    draft: Draft, posted: QueryDict, rows: Sequence[ColumnRow], limits: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the recipe that the page's rows and limits describe,
    over what only the file can say. Raises DeskRefused."""
    columns: dict[str, Any] = {}
    for row in rows:
        if not row.form.is_valid():
            first = next(iter(row.form.errors.values()))[0]
            raise DeskRefused("recipe_wrong", problem=f"{row.name}: {first}")
        if row.form.cleaned_data["rule"] is not None:
            columns[row.name] = row.form.cleaned_data["rule"]
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
    """Return who a person is, as a recipe says it, from the two fields of the page."""
    if limits.get("each_row"):
        return {"each_row": limits["each_row"]}
    names = [name.strip() for name in re.split("[,，、]", limits.get("person") or "") if name.strip()]
    return names[0] if len(names) == 1 else names


def person_initial(person: Any) -> dict[str, str]:
    """Return the two fields of the page from what a recipe says."""
    if isinstance(person, dict):
        return {"each_row": person.get("each_row", "")}
    return {"person": person if isinstance(person, str) else ", ".join(person or [])}
