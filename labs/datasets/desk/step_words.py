"""Names of the cleaning steps, of their fields and of what can be chosen, as a steward reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from labs.datasets.cleaning.plan import FIELDS, Step

Words = str | Promise
STEPS: dict[str, tuple[Words, Words]] = {
    "trim": (gettext_lazy("Cut blanks at both ends"), gettext_lazy("Also full-width, no-break and invisible blanks.")),
    "width": (gettext_lazy("Full width to half width"), gettext_lazy("１２ becomes 12 and ＡＢＣ becomes ABC.")),
    "case": (gettext_lazy("Capital or small letters"), gettext_lazy("So that ab12 and AB12 are one value.")),
    "map": (
        gettext_lazy("Map values"),
        gettext_lazy("One line for each value: as it is written → as it should be. What no line names is listed."),
    ),
    "dates": (
        gettext_lazy("Dates in one form"),
        gettext_lazy(
            "Reads 2025.3.1, 2025年3月1日, 3/1/25, a spreadsheet's 45717 and times with a zone; writes 2025-03-01."
        ),
    ),
    "numbers": (
        gettext_lazy("Numbers in one form"),
        gettext_lazy("Reads 1,234, １２, (12), 12% and 1.2万; writes plain digits."),
    ),
    "drop_totals": (gettext_lazy("Drop rows of totals"), gettext_lazy("合计, 小计, 总计, total …")),
    "drop_notes": (
        gettext_lazy("Drop notes and signatures below the table"),
        gettext_lazy("注：…, 数据来源：…, 填表人：… in the last rows."),
    ),
    "drop_values": (gettext_lazy("Drop rows with a value"), gettext_lazy("Rows whose cell is one of the lines below.")),
    "fill_down": (
        gettext_lazy("Fill blank cells from above"),
        gettext_lazy("For tables that name a unit once and leave the cells below it blank."),
    ),
    "split": (gettext_lazy("Split a column"), gettext_lazy("Into one new column for each name, at a mark.")),
    "join": (gettext_lazy("Join columns"), gettext_lazy("In the order of the table, with the mark between them.")),
    "rename": (gettext_lazy("Rename a column"), gettext_lazy("So that recipes go on when a heading changes.")),
    "swap": (
        gettext_lazy("Exchange two columns"),
        gettext_lazy("For longitude and latitude that stand the wrong way round."),
    ),
}
FIELD_LABELS: dict[str, Words] = {
    "columns": gettext_lazy("Columns"),
    "column": gettext_lazy("Column"),
    "to": pgettext_lazy("cleaning step", "Becomes"),
    "values": pgettext_lazy("cleaning step", "Values"),
    "unknown": gettext_lazy("A value that no line names"),
    "order": gettext_lazy("How 3/4/2025 is meant"),
    "serials": gettext_lazy("Day numbers count from"),
    "bad": gettext_lazy("A cell that cannot be read"),
    "decimal": gettext_lazy("Decimal mark"),
    "by": pgettext_lazy("cleaning step", "Mark"),
    "into": gettext_lazy("New columns, one name a line"),
}
OWN_LABELS: dict[tuple[str, str], Words] = {
    ("rename", "to"): gettext_lazy("New name"),
    ("join", "into"): gettext_lazy("Name of the new column"),
    ("dates", "to"): pgettext_lazy("cleaning step", "Keep"),
}
BAD_CHOICES: dict[str, Words] = {
    "keep": gettext_lazy("stays and is listed"),
    "empty": gettext_lazy("is emptied and listed"),
    "drop": gettext_lazy("its row goes and is listed"),
}
CHOICES: dict[tuple[str, str], dict[str, Words]] = {
    ("width", "to"): {
        "letters": gettext_lazy("letters and digits to half width"),
        "all": gettext_lazy("everything to half width, punctuation too"),
        "full": gettext_lazy("everything to full width"),
    },
    ("case", "to"): {
        "upper": gettext_lazy("capital letters"), "lower": gettext_lazy("small letters"),
        "title": gettext_lazy("capitals at the beginning of words"),
    },
    ("map", "unknown"): BAD_CHOICES | {"ignore": gettext_lazy("stays and is not listed")},
    ("dates", "bad"): BAD_CHOICES,
    ("numbers", "bad"): BAD_CHOICES,
    ("dates", "order"): {
        "ymd": gettext_lazy("month first (4 March), as spreadsheets write it in English"),
        "dmy": gettext_lazy("day first (3 April)"), "mdy": gettext_lazy("month first (4 March)"),
    },
    ("dates", "to"): {"exact": gettext_lazy("date, and the time where there is one"), "day": gettext_lazy("the date only")},
    ("dates", "serials"): {"1900": gettext_lazy("1900 (Excel, WPS)"), "1904": gettext_lazy("1904 (old Excel for Mac)")},
    ("numbers", "decimal"): {".": gettext_lazy("point: 1,234.5"), ",": gettext_lazy("comma: 1.234,5")},
}  # fmt: skip
WRONG: dict[str, tuple[Words, Words]] = {
    "beyond": (
        gettext_lazy("Cells beyond the last heading"),
        gettext_lazy("Look at the row in the source: a separator too many, or a heading is missing. These cells are not used."),
    ),
    "date": (gettext_lazy("No date"), gettext_lazy("Correct it at the source, or map the value before this step.")),
    "number": (gettext_lazy("No number"), gettext_lazy("Correct it at the source, or map the value before this step.")),
    "unknown": (gettext_lazy("A value that the map does not know"), gettext_lazy("Add a line for it to the step.")),
    "parts": (
        gettext_lazy("Another number of parts than new columns"),
        gettext_lazy("Correct it at the source; what is too much stands in the last new column."),
    ),
    "error": (
        gettext_lazy("A spreadsheet's error"),
        gettext_lazy("The spreadsheet could not work it out: mend the formula at the source, or map it to nothing."),
    ),
}  # fmt: skip


def label_of(do: str) -> str:
    """Return the name of a step."""
    return str(STEPS[do][0])


def field_label(do: str, name: str) -> str:
    """Return the name of a field of a step."""
    return str(OWN_LABELS.get((do, name), FIELD_LABELS[name]))


def in_words(step: Step) -> str:
    """Return what a step is told to do, in one line."""
    parts = []
    for name, (kind, _choices) in FIELDS[step.do].items():
        value = step.fields[name]
        if kind == "choice":
            parts.append(_said(step.do, name, CHOICES[step.do, name][value]))
        elif kind == "pairs":
            parts.append(_("%(count)s values") % {"count": len(value)})
        elif kind in ("columns", "chosen", "two"):
            parts.append(_listed(value) if value else _("all columns"))
        elif kind == "lines":
            parts.append("→ " + _listed(value) if name == "into" else _listed(value))
        elif value:
            parts.append(_said(step.do, name, value))
    return " · ".join(parts)


def _said(do: str, name: str, value: Words) -> str:
    return _("%(field)s: %(value)s") % {"field": field_label(do, name), "value": value}


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:8]) + (" …" if len(names) > 8 else "")


def wrong_in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bad row with what is wrong and what to do."""
    problem, advice = WRONG[row["why"]]
    return {
        "row": row["row"],
        "column": row["column"],
        "value": row["value"],
        "problem": str(problem),
        "advice": str(advice),
    }
