"""A form for each cleaning step, made of the table that validates it; it gives the step as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from labs.datasets.cleaning.plan import FIELDS, LONGEST, MOST_PAIRS, PlanWrong, Step, parse_step
from labs.datasets.desk.step_words import CHOICES, field_label

ARROW = re.compile(r"\s*(?:→|=>|->|\t)\s*")
PROBLEMS = {
    "needed": gettext_lazy("Fill this in."),
    "twice": gettext_lazy("A name stands there twice."),
    "two": gettext_lazy("Choose exactly two columns."),
    "pairs": gettext_lazy("Write one line for each value: as it is written → as it should be."),
}


class LayoutForm(forms.Form):
    """Where in the file the table stands."""

    sheet = forms.ChoiceField(label=pgettext_lazy("cleaning", "Sheet"), required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Row of the headings"),
        min_value=0,
        max_value=10_000,
        help_text=gettext_lazy("Its number in the file; 0: found by the program."),
    )
    header_rows = forms.IntegerField(label=gettext_lazy("Rows that the headings fill"), min_value=1, max_value=3)
    units_row = forms.IntegerField(
        label=gettext_lazy("Row of the units"),
        min_value=0,
        max_value=10_000,
        help_text=gettext_lazy("Its number in the file; 0: there is none. Units go into the dictionary."),
    )

    def __init__(self, *args: Any, sheets: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheet = self.fields["sheet"]
        assert isinstance(sheet, forms.ChoiceField)
        sheet.choices = [("", _("the first one that is visible")), *((name, name) for name in sheets)]
        if not sheets:
            del self.fields["sheet"]


class StepForm(forms.Form):
    """The fields of one kind of step."""

    def __init__(
        self,
        do: str,
        columns: Sequence[str],
        data: Mapping[str, Any] | None = None,
        *,
        step: Step | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        begins: dict[str, Any] = {"do": do, **(initial or {})}
        if step is not None:
            begins |= {name: _shown(FIELDS[do][name][0], value) for name, value in step.fields.items()}
            columns = list(dict.fromkeys([*columns, *step.named]))
        super().__init__(data, initial=begins, auto_id="step-%s")
        self.do = do
        self.step: Step | None = None
        self.kind, self.place = do, ""  # in a template `form.do` is the field of that name
        self.fields["do"] = forms.CharField(widget=forms.HiddenInput)
        for name, (kind, choices) in FIELDS[do].items():
            self.fields[name] = _field(do, name, kind, choices, columns)

    def clean(self) -> dict[str, Any]:
        """Read the fields as a step; what is wrong is said at its field."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        document: dict[str, Any] = {"do": self.do}
        try:
            for name, (kind, _choices) in FIELDS[self.do].items():
                document[name] = _read(kind, cleaned.get(name), name)
            self.step = parse_step(document)
        except PlanWrong as wrong:
            name = wrong.place.strip("/")
            self.add_error(name if name in self.fields else None, str(PROBLEMS.get(wrong.key, PROBLEMS["needed"])))
        return cleaned


def _field(do: str, name: str, kind: str, choices: Any, columns: Sequence[str]) -> forms.Field:
    label: dict[str, Any] = {"label": field_label(do, name), "required": kind not in ("columns", "free")}
    named = [(column, column) for column in columns]
    if kind in ("columns", "chosen", "two"):
        hint = _("None ticked: all columns.") if kind == "columns" else ""
        return forms.MultipleChoiceField(choices=named, widget=forms.CheckboxSelectMultiple, help_text=hint, **label)
    if kind == "column":
        return forms.ChoiceField(choices=[("", _("— choose —")), *named], **label)
    if kind == "choice":
        return forms.ChoiceField(choices=[(one, CHOICES[do, name][one]) for one in choices], **label)
    if kind in ("pairs", "lines"):
        return forms.CharField(widget=forms.Textarea({"rows": 6, "spellcheck": "false"}), max_length=200_000, **label)
    return forms.CharField(max_length=LONGEST, strip=kind == "name", **label)


def _read(kind: str, value: Any, name: str) -> Any:
    if kind == "lines":
        return list(dict.fromkeys(line.strip() for line in value.splitlines() if line.strip()))
    if kind != "pairs":
        return value
    pairs: dict[str, str] = {}
    for line in value.splitlines():
        if not line.strip():
            continue
        parts = ARROW.split(line, maxsplit=1)
        if len(parts) != 2 or not parts[0] or len(pairs) >= MOST_PAIRS:
            raise PlanWrong(f"/{name}", "pairs")
        pairs[parts[0]] = parts[1].rstrip("\r")
    return pairs


def _shown(kind: str, value: Any) -> Any:
    if kind == "pairs":
        return "\n".join(f"{one} → {other}" for one, other in value.items())
    return "\n".join(value) if kind == "lines" else value


def suggested_pairs(counts: Mapping[str, int], plain: Mapping[str, str]) -> str:
    """Lines that bring spellings of one value together under the commonest of them."""
    best: dict[str, str] = {}
    for value in sorted(counts, key=lambda value: (-counts[value], len(value), value)):
        best.setdefault(plain[value], value)
    return "\n".join(f"{value} → {best[plain[value]]}" for value in sorted(counts) if value != best[plain[value]])
