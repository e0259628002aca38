"""The form of one column: role, treatment, and what the treatment needs in fields with units; JSON for the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from labs.datasets.actions.drafting import refuse_unwritable
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.recipe import CLASS_ROLES, TREATMENTS, parse_recipe
from labs.datasets.desk.names import KINDS_OF_HIERARCHY, PERIODS, REGIONS, ROLES, STEPS, UNITS
from labs.datasets.desk.regions import LEVELS, are_codes, rows_of_names
from labs.datasets.desk.rules import given, initial_of, is_drawn, options_from, options_of, written
from labs.datasets.refusals import DeskRefused

LONGEST_OPTIONS = 20_000
GROUPS = {
    "number": ("widths",), "date": ("unit",), "region": ("finest",), "prefix": ("lengths",), "grid": ("cells",),
    "interval": ("width", "edges", "origin"), "top_bottom": ("bottom", "top"), "cell": ("meters",),
    "pseudonym": ("rotation_period", "rotation_column"), "date_shift": ("days", "by"),
    "aggregate": ("function", "digits"),
}  # fmt: skip
"""Fields by what they belong to; the page shows the group that is chosen."""
COVERED = {
    "generalize": ("hierarchy", "min_level", "level", "axis"), "interval": ("width", "edges", "origin"),
    "top_bottom": ("bottom", "top"), "grid": ("meters", "axis"), "pseudonym": ("rotation",),
    "date_shift": ("days", "by"), "aggregate": ("function", "digits"),
}  # fmt: skip
NEEDED = {
    "interval": (("width", "edges"), gettext_lazy("Write a number, for example 10.")),
    "top_bottom": (("top", "bottom"), gettext_lazy("Write at least one of the two limits.")),
    "grid": (("meters",), gettext_lazy("Write a number, for example 500.")),
    "date_shift": (("days",), gettext_lazy("Write a number, for example 30.")),
}
"""Of which fields one at least must be filled in, and what is said at the first of them."""
OF_UNITS = (
    (r"年龄|岁|\bage\b", gettext_lazy("years of age")), (r"元|金额|收入|工资|费用|价|income|amount|price", gettext_lazy("yuan")),
    (r"时长|分钟|minutes|duration", gettext_lazy("minutes")), (r"面积|area", gettext_lazy("square meters")),
    (r"距离|米|distance", gettext_lazy("meters")), (r"年份|year", gettext_lazy("years")),
)  # fmt: skip


def unit_of(column: str) -> str:
    """In what the numbers of a column are counted, by its heading; empty where the heading does not tell."""
    return next((str(unit) for pattern, unit in OF_UNITS if re.search(pattern, column, re.IGNORECASE)), "")


class NumbersField(forms.CharField):
    """Numbers in a row, parted by commas or blanks."""

    def clean(self, value: Any) -> list[float] | None:
        """Return the numbers; None where nothing is written."""
        text = super().clean(value)
        parts = [part for part in re.split(r"[,，、;；\s]+", text or "") if part]
        try:
            numbers = [float(part) for part in parts]
        except ValueError:
            raise forms.ValidationError(_("Write numbers, parted by commas, such as 10, 20.")) from None
        return [int(number) if number.is_integer() else number for number in numbers] or None


class TreatmentForm(forms.Form):
    """One column. Field names end in the column's place, as in `role-0`."""

    role = forms.ChoiceField(choices=[("", gettext_lazy("— choose —")), *ROLES.items()], required=False)
    treatment = forms.ChoiceField(choices=list(STEPS.items()), required=False)
    kind = forms.ChoiceField(
        label=pgettext_lazy("hierarchy", "By"), choices=list(KINDS_OF_HIERARCHY.items()), required=False
    )
    unit = forms.ChoiceField(label=gettext_lazy("Date down to"), choices=list(UNITS.items()), required=False)
    finest = forms.ChoiceField(label=gettext_lazy("District down to"), choices=list(REGIONS.items()), required=False)
    widths = NumbersField(label=gettext_lazy("Widths, from fine to coarse"), required=False, max_length=80)
    lengths = NumbersField(label=gettext_lazy("Characters that are kept, from fine to coarse"), required=False)
    cells = NumbersField(label=gettext_lazy("Sizes of a cell (m), from fine to coarse"), required=False)
    width = forms.FloatField(label=gettext_lazy("Width of an interval"), min_value=1e-9, required=False)
    edges = NumbersField(label=gettext_lazy("or the edges between intervals"), required=False, max_length=400)
    origin = forms.FloatField(label=gettext_lazy("Intervals begin at"), required=False)
    bottom = forms.FloatField(label=gettext_lazy("Everything below becomes one"), required=False)
    top = forms.FloatField(label=gettext_lazy("Everything above becomes one"), required=False)
    meters = forms.FloatField(label=gettext_lazy("Size of a cell (m)"), min_value=1, required=False)
    axis = forms.ChoiceField(
        label=gettext_lazy("The column is the"),
        choices=[("latitude", pgettext_lazy("axis", "latitude")), ("longitude", pgettext_lazy("axis", "longitude"))],
        required=False,
    )
    rotation_period = forms.ChoiceField(
        label=gettext_lazy("A new pseudonym every"), choices=list(PERIODS.items()), required=False
    )
    rotation_column = forms.ChoiceField(label=gettext_lazy("by the date in column"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Shifted by at most (days)"), min_value=1, max_value=36_500, required=False
    )
    by = forms.ChoiceField(label=gettext_lazy("alike for the same value of column"), required=False)
    function = forms.ChoiceField(
        label=gettext_lazy("Shown is the"),
        choices=[("mean", pgettext_lazy("function", "mean")), ("median", pgettext_lazy("function", "median"))],
        required=False,
    )
    digits = forms.IntegerField(label=gettext_lazy("Decimals"), min_value=0, max_value=9, required=False)
    options = forms.CharField(required=False, max_length=LONGEST_OPTIONS)

    def __init__(
        self,
        data: Any = None,
        *,
        column: str,
        place: int,
        rule: Mapping[str, Any],
        columns: Sequence[str],
        values: Callable[[], list[str]],
    ) -> None:
        """`rule` is what the draft holds now; `values` reads the column's values when a hierarchy needs them."""
        self.column, self.place, self.stored, self.values = column, place, dict(rule), values
        super().__init__(data, initial=initial_of(rule), auto_id="%s")
        others = [("", "—"), *((name, name) for name in columns if name != column)]
        for name in ("rotation_column", "by"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = others
        unit = unit_of(column)
        for name in ("width", "widths", "edges", "bottom", "top") if unit else ():
            self.fields[name].label = _("%(label)s (%(unit)s)") % {"label": self.fields[name].label, "unit": unit}

    def add_prefix(self, field_name: str) -> str:
        """`role-0` for the first column."""
        return f"{field_name}-{self.place}"

    def of(self, group: str) -> list[forms.BoundField]:
        """Return the fields of a group."""
        return [self[name] for name in GROUPS[group]]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Every group of fields."""
        return [(group, self.of(group)) for group in GROUPS]

    def clean(self) -> dict[str, Any]:
        """Return what the fields describe as a rule of the recipe, under `rule`; None where no role is chosen."""
        cleaned = super().clean() or {}
        role = (
            cleaned["role"] if "role" in cleaned and self.add_prefix("role") in self.data else self.stored.get("role")
        )
        cleaned["rule"] = None
        if not role or self.errors:
            return cleaned
        treatment = cleaned.get("treatment") or self.stored.get("treatment") or TREATMENTS[role][0]
        if treatment not in TREATMENTS[role]:
            treatment = TREATMENTS[role][0]
        try:
            rule = {"role": role, "treatment": treatment, **self._options(role, treatment)}
            if self.errors:
                return cleaned
            refuse_unwritable(rule)
            parse_recipe({"k": 1, "columns": {self.column: rule}})
        except DeskRefused as refused:
            self.add_error("finest" if cleaned.get("kind") == "region" else "options", str(refused))
        except Refusal as refusal:
            place = str(refusal.values.get("place", "")).rpartition("/")[2]
            known = place in self.fields and not self._wrote_json()
            text = refusal.text(chinese=get_language() != "en")
            self.add_error(place if known else "options", text)
        else:
            cleaned["rule"] = rule
        return cleaned

    def _wrote_json(self) -> bool:
        """Return whether somebody changed the JSON, or sent nothing else: then it counts, and not the fields."""
        if self.add_prefix("kind") not in self.data:
            return True
        return bool(self.cleaned_data.get("options", "").strip() != written(self.stored))

    def _options(self, role: str, treatment: str) -> dict[str, Any]:
        if self._wrote_json():
            posted = self.add_prefix("options") in self.data
            text = self.cleaned_data.get("options", "") if posted else written(self.stored)
            options = options_from(self.column, text)
            if is_drawn(self.stored) and treatment == "generalize" and "hierarchy" not in options:
                options["hierarchy"] = self.stored["hierarchy"]
            return options
        same = self.stored.get("treatment", treatment) == treatment and self.stored.get("role") == role
        kept = {key: value for key, value in options_of(self.stored).items() if key not in COVERED.get(treatment, ())}
        return (kept if same else {key: kept[key] for key in ("note", "format") if key in kept}) | self._fields(
            role, treatment
        )

    def _fields(self, role: str, treatment: str) -> dict[str, Any]:
        """Return the parameters that the treatment's own fields describe. Raises DeskRefused;
        missing ones are errors."""
        value = self.cleaned_data
        if treatment == "generalize":
            return self._hierarchy(role)
        if treatment == "pseudonym":
            return self._rotation()
        needed, sentence = NEEDED.get(treatment, ((), ""))
        if needed and all(value.get(name) in (None, "") for name in needed):
            self.add_error(needed[0], str(sentence))
        if treatment == "interval" and value.get("edges"):
            return given(value, "edges")
        return given(value, *(name for name in COVERED.get(treatment, ()) if name != "edges"))

    def _rotation(self) -> dict[str, Any]:
        period, column = self.cleaned_data.get("rotation_period"), self.cleaned_data.get("rotation_column")
        if not (period or column):
            return {}
        if not (period and column):
            self.add_error("rotation_column", _("Choose both, the period and the column of the date, or neither."))
        return {"rotation": {"column": column, "period": period}}

    def _hierarchy(self, role: str) -> dict[str, Any]:
        kind, value = self.cleaned_data.get("kind") or "", self.cleaned_data
        fixed = {} if role in CLASS_ROLES else {"level": 1}
        least = fixed or {"min_level": 1}
        if kind == "own":
            return {key: self.stored[key] for key in ("hierarchy", "min_level", "level") if key in self.stored}
        if kind == "number":
            widths = value.get("widths") or [10, 20, 40]
            kept = {"min_level": self.stored["min_level"]} if "min_level" in self.stored and not fixed else {}
            return {"hierarchy": {"builtin": "numeric", "widths": widths}} | (fixed or kept)
        if kind == "date":
            units = list(UNITS)
            shown = [unit for unit in units[units.index(value.get("unit") or "month") :] if unit != "period"]
            return {"hierarchy": {"builtin": "date", "units": shown}} | least
        if kind == "region":
            return self._regions(value.get("finest") or "county", fixed)
        if kind == "prefix":
            lengths = [int(length) for length in value.get("lengths") or [4, 2]]
            return {"hierarchy": {"builtin": "prefix", "lengths": lengths}} | least
        if kind == "grid":
            cells = value.get("cells") or [500, 2000]
            return {"hierarchy": {"builtin": "grid", "meters": cells, "axis": value.get("axis") or "latitude"}} | least
        return {"hierarchy": {"builtin": "categorical"}} | fixed if kind or fixed else {}

    def _regions(self, finest: str, fixed: Mapping[str, int]) -> dict[str, Any]:
        values = self.values()
        if are_codes(values):
            level = 1 + LEVELS.index(finest)
            return {"hierarchy": {"builtin": "region"}} | ({"level": level} if fixed else {"min_level": level})
        return {"hierarchy": {"inline": rows_of_names(values, finest)}} | (dict(fixed) or {"min_level": 1})
