"""A delivery looked at through the dataset's cleaning plan: steps with their counts, rows before and after, what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labs.datasets.cleaning.opening import Opened, open_file
from labs.datasets.cleaning.plan import Plan, parse_plan
from labs.datasets.cleaning.running import Cleaned, clean_opened, is_different, report_of
from labs.datasets.deidentification.dirt import plain_form
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.desk.step_forms import suggested_pairs
from labs.datasets.desk.step_words import in_words, label_of
from labs.datasets.models import CleaningPlan, RawBatch
from labs.datasets.refusals import DeskRefused
from labs.datasets.vault import Vault

LARGEST_SEEN, LARGEST_BOOK_SEEN = 16 << 20, 3 << 20
"""A page opens no larger file, nor a larger workbook, which is slow to read; the worker cleans it all the same."""
SAMPLE_ROWS = 20_000
FIRST_ROWS, TOUCHED_ROWS = 5, 12
MOST_VALUES = 300


@dataclass(frozen=True)
class Look:
    """What the plan makes of the delivery, or of its first rows."""

    plan: Plan
    opened: Opened
    cleaned: Cleaned
    report: dict[str, Any]
    is_part: bool

    @property
    def is_different(self) -> bool:
        """Whether somebody should look before the plan is applied."""
        return is_different(self.report["differences"])

    @property
    def columns(self) -> list[str]:
        """Headings that a step may name: those of the file and those that steps made."""
        return list(dict.fromkeys([*self.cleaned.frame.columns, *self.opened.frame.columns]))


def plan_of(row: CleaningPlan | None) -> Plan:
    """Return the plan that a dataset has; an empty one where it has none."""
    return parse_plan(row.document) if row is not None else Plan()


def opened_batch(batch: RawBatch, plan: Plan) -> Opened:
    """Return the table that the plan points to in the delivery. Raises DeskRefused."""
    if batch.is_destroyed:
        raise DeskRefused("destroyed", date=f"{batch.destroyed_at:%Y-%m-%d}")
    if batch.bytes > (LARGEST_BOOK_SEEN if batch.file_format == "xlsx" else LARGEST_SEEN):
        raise DeskRefused("unusable", problem=_("The file is too large to be shown here. The worker cleans all of it."))
    vault = Vault.from_settings()
    with vault.scratch() as scratch:
        path = scratch / batch.file_name
        vault.open_copy(batch.path, path, is_sealed=batch.is_encrypted)
        try:
            return open_file(path, batch.file_format, plan)
        except Refusal as refusal:
            raise DeskRefused("plan_wrong", problem=refusal.text(chinese=get_language() != "en")) from refusal


def look_at(batch: RawBatch, plan: Plan) -> Look:
    """Return the plan tried on the delivery. Nothing is kept. Raises DeskRefused."""
    opened = opened_batch(batch, plan)
    is_part = opened.frame.height > SAMPLE_ROWS
    if is_part:
        opened = _part(opened)
    try:
        cleaned = clean_opened(opened, plan, Path(batch.file_name))
    except Refusal as refusal:
        problem = _("These steps leave no row. Remove the last one, or look at the row of the headings.")
        raise DeskRefused("plan_wrong", problem=problem) from refusal
    return Look(plan, opened, cleaned, report_of(cleaned, plan), is_part)


def _part(opened: Opened) -> Opened:
    return replace(opened, frame=opened.frame.head(SAMPLE_ROWS), numbers=opened.numbers.head(SAMPLE_ROWS))


def steps_of(look: Look) -> list[dict[str, Any]]:
    """Return the steps with what each of them did."""
    return [
        {"place": place, "label": label_of(step.do), "words": in_words(step), **done}
        for place, (step, done) in enumerate(zip(look.plan.steps, look.report["steps"], strict=True))
    ]


def steps_without_effect(plan: Plan) -> list[dict[str, Any]]:
    """Return the steps alone, where the file cannot be opened."""
    return [
        {"place": place, "label": label_of(step.do), "words": in_words(step)} for place, step in enumerate(plan.steps)
    ]


def before_and_after(look: Look) -> dict[str, Any]:
    """Return the first rows and some that the steps touched: as they stand in the file, and as they become."""
    opened, rows = look.opened, look.cleaned.rows
    left = opened.numbers.is_in(rows.numbers.implode())
    before = opened.frame.filter(left)
    common = [name for name in rows.frame.columns if name in before.columns]
    differs = pl.repeat(False, rows.frame.height, eager=True)
    for name in common:
        differs |= before[name] != rows.frame[name]
    dropped = opened.numbers.filter(~left).to_list()
    touched = sorted([*rows.numbers.filter(differs).head(TOUCHED_ROWS).to_list(), *dropped[:TOUCHED_ROWS]])[
        :TOUCHED_ROWS
    ]
    shown = sorted({*opened.numbers.head(FIRST_ROWS).to_list(), *touched})
    raw = dict(_rows(opened.frame, opened.numbers, shown))
    clean = dict(_rows(rows.frame, rows.numbers, shown))
    places = {name: place for place, name in enumerate(opened.frame.columns)}
    after = [
        (
            number,
            [
                _cell(name, value, raw[number], places)
                for name, value in zip(rows.frame.columns, clean[number], strict=True)
            ],
        )
        if number in clean
        else (number, None)
        for number in shown
    ]
    return {
        "before_names": opened.frame.columns,
        "before": [(number, raw[number]) for number in shown],
        "after_names": rows.frame.columns,
        "after": after,
    }


def _rows(frame: pl.DataFrame, numbers: pl.Series, wanted: Sequence[int]) -> list[tuple[int, tuple[str, ...]]]:
    kept = numbers.is_in(wanted)
    return list(zip(numbers.filter(kept), frame.filter(kept).rows(), strict=True))


def _cell(name: str, value: str, raw: Sequence[str], places: dict[str, int]) -> dict[str, Any]:
    was = raw[places[name]] if name in places else None
    return {"value": value, "is_changed": was != value, "was": was or ""}


def spellings_of(look: Look, column: str) -> str:
    """Lines for a map: values of the column that nobody tells apart, brought together."""
    if column not in look.cleaned.frame.columns:
        return ""
    counts = dict(look.cleaned.frame[column].value_counts(sort=True).head(MOST_VALUES).iter_rows())
    counts.pop("", None)
    found = suggested_pairs(counts, {value: plain_form(value) for value in counts})
    return found or "\n".join(f"{value} → {value}" for value in counts)
