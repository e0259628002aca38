"""The roster as a workbook. Text of people is always text: nothing in it is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from courses.certification.queries import AwardStanding

from .rosters import RosterRow

LONGEST_CELL = 32_000
"""Characters that a cell of a workbook can hold, rounded down."""
WIDTHS = (12, 16, 14, 26, 16, 16, 44, 12, 28, 20, 13, 13, 10)


def roster_workbook(rows: Iterable[RosterRow], *, title: str) -> bytes:
    """One line per person and certificate, headings frozen."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title[:31]
    for column, heading in enumerate(_headings(), start=1):
        cell = write_text(_cell(sheet, 1, column), heading)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0D4F5E")
        sheet.column_dimensions[cell.column_letter].width = WIDTHS[column - 1]
    sheet.freeze_panes = "B2"
    line = 2
    for row in rows:
        certificates: list[AwardStanding | None] = [*row.certificates]
        for certificate in certificates or [None]:
            _write_line(sheet, line, row, certificate)
            line += 1
    sheet.auto_filter.ref = f"A1:{_cell(sheet, max(line - 1, 1), len(WIDTHS)).coordinate}"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_text(cell: Cell, text: str) -> Cell:
    """This will write text as text, whatever it begins with: typed as a string and marked so for later edits.

    Tabs and line breaks become blanks, other control characters go: they hide what a cell begins with.
    """
    clean = ILLEGAL_CHARACTERS_RE.sub("", " ".join(text.split("\t"))).replace("\r", " ").replace("\n", " ").strip()
    cell.value = clean[:LONGEST_CELL]
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _cell(sheet: Worksheet, line: int, column: int) -> Cell:
    cell = sheet.cell(row=line, column=column)
    assert not isinstance(cell, MergedCell)  # nothing is merged here
    return cell


def _headings() -> list[str]:
    return [
        pgettext("person", "Name"),
        _("Login name"),
        _("Region"),
        _("Unit"),
        _("Post"),
        _("Rank"),
        _("Courses"),
        _("Hours this year"),
        _("Certification"),
        _("Certificate number"),
        _("Issued on"),
        _("Valid until"),
        _("Status"),
    ]


def _write_line(sheet: Worksheet, line: int, row: RosterRow, certificate: AwardStanding | None) -> None:
    post = row.post
    texts = {
        1: row.person.name,
        2: row.person.username,
        3: post.organization.region.name if post else "",
        4: post.organization.name if post else "",
        5: post.position.name if post else "",
        6: post.position.rank_band if post else "",
        7: _courses(row),
        9: certificate.award.certification.name if certificate else "",
        10: certificate.award.serial if certificate else "",
        13: certificate.label if certificate else "",
    }
    for column, text in texts.items():
        write_text(_cell(sheet, line, column), text)
    hours = sheet.cell(row=line, column=8, value=row.hours / 100)
    hours.number_format = "0.##"
    if certificate:
        _write_day(sheet, line, 11, certificate.award.valid_from_date)
        _write_day(sheet, line, 12, certificate.award.expires_date)


def _write_day(sheet: Worksheet, line: int, column: int, day: date | None) -> None:
    if day is not None:
        sheet.cell(row=line, column=column, value=day).number_format = "yyyy-mm-dd"


def _courses(row: RosterRow) -> str:
    return "；".join(f"{place.enrollment.run.course.title} {place.percent}%" for place in row.courses)
