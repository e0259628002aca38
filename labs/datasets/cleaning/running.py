"""A plan carried out on a file: the clean table, and a report of what every step did and what is left to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from labs.datasets.cleaning.opening import Bad, Opened, open_file
from labs.datasets.cleaning.plan import Plan
from labs.datasets.cleaning.steps import Outcome, Rows, bare, carried_out, errors_of_spreadsheets
from labs.datasets.deidentification.messages import Refusal

MOST_BAD = 5_000
MOST_UNKNOWN = 50
MOST_DROPPED = 200


@dataclass(frozen=True)
class Cleaned:
    """What a plan made of a file."""

    opened: Opened
    rows: Rows
    outcomes: tuple[Outcome, ...]
    bad: tuple[Bad, ...]

    @property
    def frame(self) -> pl.DataFrame:
        """The clean table."""
        return self.rows.frame


def clean(path: Path, form: str, plan: Plan) -> Cleaned:
    """Carry the plan out. Raises Refusal for a file that holds no table, and when no row or column is left."""
    return clean_opened(open_file(path, form, plan), plan, path)


def clean_opened(opened: Opened, plan: Plan, path: Path) -> Cleaned:
    """Carry the steps out on a file that is open. Raises Refusal when nothing is left."""
    rows, outcomes, bad = Rows(opened.frame, opened.numbers), list[Outcome](), list(opened.bad)
    for place, step in enumerate(plan.steps):
        outcome = carried_out(rows, step)
        outcomes.append(outcome)
        bad += [Bad(one.row, one.column, one.value, one.why, place) for one in outcome.bad]
        rows = outcome.rows
    if not rows.frame.height or not rows.frame.width:
        raise Refusal("file_empty", path=path)
    bad += errors_of_spreadsheets(rows)
    left = set(rows.numbers)
    dropping = {
        place for place, step in enumerate(plan.steps) if "drop" in (step.fields.get("bad"), step.fields.get("unknown"))
    }
    # What a later step takes away needs nobody's eye; what a step took away because it was bad does.
    kept = [one for one in bad if one.row in left or one.step in dropping]
    return Cleaned(opened, rows, tuple(outcomes), tuple(sorted(kept, key=lambda one: (one.row, one.column, one.step))))


def report_of(cleaned: Cleaned, plan: Plan) -> dict[str, Any]:
    """Return the report as plain values. `bad` holds values of the raw data: keep it where the raw data is kept."""
    opened = cleaned.opened
    return {
        "rows_in": opened.frame.height,
        "rows_out": cleaned.frame.height,
        "columns_in": opened.frame.columns,
        "columns": cleaned.frame.columns,
        "sheet": opened.sheet,
        "sheets": list(opened.sheets),
        "header_row": opened.header_row,
        "units": opened.units,
        "renamed": [list(pair) for pair in opened.renamed],
        "steps": [
            {
                "do": step.do, "changed": outcome.changed, "dropped": len(outcome.dropped),
                "dropped_rows": list(outcome.dropped[:MOST_DROPPED]), "bad": len(outcome.bad),
                "missing": list(outcome.missing), "clash": outcome.clash,
            }
            for step, outcome in zip(plan.steps, cleaned.outcomes, strict=True)
        ],
        "differences": differences(cleaned, plan),
        "bad_total": len(cleaned.bad),
        "bad": [asdict(one) for one in cleaned.bad[:MOST_BAD]],
    }  # fmt: skip


def differences(cleaned: Cleaned, plan: Plan) -> dict[str, Any]:
    """Return what this delivery has that the plan was not written for, and what it lacks."""
    now, then = cleaned.opened.frame.columns, list(plan.columns)
    unknown = [
        {"step": place, "column": step.named[0], "value": value, "rows": rows}
        for place, (step, outcome) in enumerate(zip(plan.steps, cleaned.outcomes, strict=True))
        for value, rows in list(outcome.unknown.items())[:MOST_UNKNOWN]
    ]
    return {
        "new": [name for name in now if name not in then] if then else [],
        "missing": [name for name in then if name not in now],
        "alike": _alike([name for name in then if name not in now], now),
        "unknown": unknown,
        "unread": [
            {"step": place, "do": step.do, "cells": len(outcome.bad)}
            for place, (step, outcome) in enumerate(zip(plan.steps, cleaned.outcomes, strict=True))
            if outcome.bad and step.do != "map"
        ],
        "undone": [
            place
            for place, outcome in enumerate(cleaned.outcomes)
            if outcome.missing or outcome.clash
        ],
    }  # fmt: skip


def _alike(missing: Sequence[str], now: Sequence[str]) -> dict[str, str]:
    """For a heading that is gone the one that differs only in blanks, width or case."""
    known = {bare(name): name for name in now}
    return {name: known[bare(name)] for name in missing if bare(name) in known}


def is_different(found: dict[str, Any]) -> bool:
    """Return whether a person should look before the plan is applied to this delivery."""
    return any(found[name] for name in ("new", "missing", "unknown", "unread", "undone"))
