"""Marks from a spreadsheet: read, and tried out with an error for each wrong row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from courses.catalog.models import CourseRun
from labs.assignments.models import LabQuestion
from labs.grader.protocol import Verdict
from labs.grading.models import Grade, ManualMark, Purpose, QuestionResult, Submission
from labs.grading.permissions import is_own_work
from portal.audit.spreadsheet import Value
from portal.users.models import User

MOST_ROWS = 3000
LARGEST_BYTES = 2 * 1024 * 1024
LARGEST_INSIDE = 100 * 1024 * 1024
"""Bytes that a workbook may unpack to."""
LONGEST_COMMENT = 2000
HEADINGS = ("receipt", "question", "points", "comment")


class FileRefused(Exception):
    """The file cannot be read as a table of marks; says why, for people."""


@dataclass(frozen=True)
class Given:
    """A row as it stands in the file; `line` as a spreadsheet program counts."""

    line: int
    receipt: str
    question: str
    points: str
    comment: str


@dataclass(frozen=True)
class Planned:
    """What a row would do: problem (in words), is_same (nothing), or a mark from `before` to `score` (hundredths)."""

    given: Given
    problem: str = ""
    submission: Submission | None = None
    question: LabQuestion | None = None
    before: int | None = None
    score: int = 0
    is_same: bool = False

    @property
    def is_change(self) -> bool:
        """Whether a mark would be given."""
        return not self.problem and not self.is_same


def template_table(run: CourseRun) -> tuple[list[str], list[list[Value]]]:
    """Every question of the run that waits for a mark or has one, ready to be filled in and read back."""
    grades = Grade.objects.current().filter(submission__assignment__run=run, submission__purpose=Purpose.SUBMIT)
    results = QuestionResult.objects.filter(run__in=grades.values("run"), verdict=Verdict.MANUAL).select_related(
        "question", "run__submission__user", "run__submission__assignment__lab"
    )
    marks = _current_marks(run)
    lines: list[list[Value]] = []
    for each in results.order_by("run__submission__receipt", "question__order", "pk"):
        submission = each.run.submission
        mark = marks.get((submission.pk, each.question.grade_id))
        lines.append(
            [submission.receipt or "", each.question.grade_id, mark.score / 100 if mark else None,
             mark.comment if mark else "", each.max_score / 100, submission.user.name, submission.assignment.lab.title]
        )  # fmt: skip
    return [*HEADINGS, _("Maximum points"), _("Trainee"), _("Lab")], lines


def _current_marks(run: CourseRun) -> dict[tuple[int, str], ManualMark]:
    rows = ManualMark.objects.current().filter(submission__assignment__run=run)
    return {(mark.submission_id, mark.question.grade_id): mark for mark in rows.select_related("question")}


def read_rows(content: bytes) -> list[Given]:
    """Rows of a CSV (UTF-8) or XLSX file whose first row names the columns. Raises FileRefused."""
    if len(content) > LARGEST_BYTES:
        raise FileRefused(_("The file is larger than 2 MB."))
    table = _workbook(content) if content.startswith(b"PK") else _csv(content)
    head = [_plain(cell).lower() for cell in next(table, [])]
    missing = [name for name in HEADINGS[:3] if name not in head]
    if missing:
        raise FileRefused(_("The first row lacks the columns: %(names)s") % {"names": ", ".join(missing)})
    places = {name: head.index(name) for name in HEADINGS if name in head}
    rows = []
    for line, cells in enumerate(table, start=2):
        values = {name: _plain(cells[place]) if place < len(cells) else "" for name, place in places.items()}
        # A row without points is one that nobody has filled in yet.
        if not values["points"]:
            continue
        rows.append(Given(line, values["receipt"], values["question"], values["points"], values.get("comment", "")))
        if len(rows) > MOST_ROWS:
            raise FileRefused(_("The file has more than %(most)s rows.") % {"most": MOST_ROWS})
    return rows


def _csv(content: bytes) -> Iterator[Sequence[object]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise FileRefused(_("The file is neither a workbook nor a CSV file in UTF-8.")) from None
    try:
        yield from csv.reader(io.StringIO(text))
    except csv.Error:
        raise FileRefused(_("The file cannot be read as CSV.")) from None


def _workbook(content: bytes) -> Iterator[Sequence[object]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        sheet = (
            load_workbook(io.BytesIO(content), read_only=True, data_only=True).active if size < LARGEST_INSIDE else None
        )
    # openpyxl raises whatever the XML and ZIP readers below it raise; for people it is one thing.
    except Exception:
        raise FileRefused(_("The workbook cannot be read.")) from None
    if sheet is None:
        raise FileRefused(_("The workbook cannot be read."))
    yield from sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2)


def _plain(value: object) -> str:
    """Return a cell as text, without the apostrophe by which exports defuse formulas."""
    text = "" if value is None else str(value).strip()
    return text[1:] if text.startswith("'") else text


def plan_marks(rows: Sequence[Given], *, run: CourseRun, by: User) -> list[Planned]:
    """Return what each row would do, nothing changed. Only submissions of the run are known;
    a fixed number of queries."""
    submissions = {
        each.receipt: each
        for each in Submission.objects.filter(
            assignment__run=run, purpose=Purpose.SUBMIT, receipt__in=[row.receipt for row in rows]
        ).select_related("assignment__run", "assignment__lab", "user")
    }
    grades = Grade.objects.current().filter(submission__in=list(submissions.values()))
    results = {
        (each.run.submission_id, each.question.grade_id): each
        for each in QuestionResult.objects.filter(run__in=grades.values("run")).select_related("question", "run")
    }
    marks, seen, planned = _current_marks(run), set[tuple[str, str]](), []
    for row in rows:
        found = submissions.get(row.receipt)
        result = results.get((found.pk, row.question)) if found else None
        problem = _problem(row, found, result, by)
        if not problem and (row.receipt, row.question) in seen:
            problem = _("The same question stands in an earlier row.")
        seen.add((row.receipt, row.question))
        if problem or found is None or result is None:
            planned.append(Planned(row, problem))
            continue
        mark, score = marks.get((found.pk, row.question)), _hundredths(row.points) or 0
        # Spreadsheets lose line breaks; a comment that differs in nothing else is the same.
        is_same = mark is not None and mark.score == score and mark.comment.split() == row.comment.split()
        before = mark.score if mark else None
        planned.append(Planned(row, "", found, result.question, before, score, is_same))
    return planned


def _problem(row: Given, submission: Submission | None, result: QuestionResult | None, by: User) -> str:
    """Return why a row cannot be done; empty when it can."""
    if submission is None:
        return _("No submission of this run has this receipt number.")
    if is_own_work(by, submission):
        return _("This is your own submission; another instructor marks it.")
    if result is None:
        return _("The submission is not graded, or has no such question.")
    if result.verdict != Verdict.MANUAL:
        return _("Tests grade this question. To change its points, open the submission and choose “Adjust the points”.")
    score = _hundredths(row.points)
    if score is None or not 0 <= score <= result.max_score:
        return _("Between 0 and %(points)s points.") % {"points": f"{result.max_score / 100:g}"}
    if len(row.comment) > LONGEST_COMMENT:
        return _("The comment is longer than %(most)s characters.") % {"most": LONGEST_COMMENT}
    return ""


def _hundredths(text: str) -> int | None:
    try:
        value = Decimal(text) * 100
    except InvalidOperation:
        return None
    return int(value) if value.is_finite() and value == value.to_integral_value() else None
