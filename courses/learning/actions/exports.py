"""Rosters of runs that leave the portal leave a trace."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from courses.catalog.models import CourseRun
from courses.learning.rosters import (
    WIDTHS,
    access_roster_for,
    roster_cells,
    roster_headings,
    roster_lines,
    search_roster,
)
from portal.audit.actions import record
from portal.audit.spreadsheet import table_csv, table_workbook
from portal.users.models import User


def export_run_roster(*, run: CourseRun, text: str, kind: str, language: str, by: User, at: datetime) -> bytes:
    """Write the learners of the run whom `by` sees as `xlsx` or `csv`, and note who took them.

    Not one transaction on purpose: nobody else may wait while a workbook is made.
    """
    places = list(search_roster(access_roster_for(by, run, timezone.localdate(at)), text))
    rows = [roster_cells(line) for line in roster_lines(places, language, at)]
    details = {"people": len(rows), "format": kind, "filter": text}
    record(by=by, at=at, event="learning.roster_exported", target=run, details=details)
    if kind == "csv":
        return table_csv(roster_headings(), rows).encode()
    return table_workbook(roster_headings(), rows, widths=WIDTHS, title=run.code)
