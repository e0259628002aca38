"""Cleaning in the workshop: a raw file and a plan go in, a clean CSV and the report come out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labs.datasets.cleaning.opening import LOOSE, MOST_LOOSE_BYTES, open_file
from labs.datasets.cleaning.plan import Plan, parse_plan
from labs.datasets.cleaning.running import clean, report_of
from labs.datasets.deidentification.messages import Refusal

MENDABLE = frozenset({"ragged", "header_lone", "column_unnamed", "column_twice", "separator_wide"})
"""What keeps a table from being read as it stands, and cleaning mends: another header row, dropped lines, names."""


def clean_file(job: Mapping[str, Any]) -> dict[str, Any]:
    """Write the clean table to `target` and the report, which holds raw values, to `report`."""
    plan = parse_plan(job["plan"])
    cleaned = clean(Path(job["path"]), job["format"], plan)
    report = report_of(cleaned, plan)
    with Path(job["target"]).open("wb") as file:  # a full disk is named by Python's own error
        cleaned.frame.write_csv(file)
    Path(job["report"]).write_text(json.dumps(report, ensure_ascii=False), "utf-8")
    summary = {name: report[name] for name in ("rows_in", "rows_out", "bad_total")}
    return {"summary": summary, "units": report["units"]}


def unreadable(path: Path, form: str, refusal: Refusal) -> dict[str, Any]:
    """Return what is known of a file that cleaning can mend. Raises the refusal for any other."""
    if refusal.key not in MENDABLE or form not in LOOSE or path.stat().st_size > MOST_LOOSE_BYTES:
        raise refusal
    opened = open_file(path, form, Plan())
    why = {"message": refusal.text(chinese=True), "message_en": refusal.text(chinese=False)}
    return {"rows": opened.frame.height, "columns": [], "profile": {"columns": [], "needs_cleaning": why}}
