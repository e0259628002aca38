"""The grade book of a run: everybody who has a place, every lab, the grade that counts; or the questions of one lab."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.catalog.models import CourseRun
from courses.learning.models import Enrollment
from labs.assignments.models import LabAssignment, LabQuestion
from labs.assignments.rules import Effective, effective
from labs.grading.counting import CountedResult, attempt_results
from labs.grading.models import Grade, ManualMark, Purpose, QuestionResult, Submission
from portal.audit.spreadsheet import Value
from portal.users.naming import called


@dataclass(frozen=True)
class Cell:
    """What one trainee has for one lab; `grade` None while nothing is graded."""

    assignment: LabAssignment
    grade: Effective | None
    attempts: int
    newest: Submission | None

    @property
    def has_passed(self) -> bool:
        """Whether it is final and reaches the pass mark."""
        return self.grade is not None and self.grade.has_passed(self.assignment.pass_percent)

    @property
    def is_open(self) -> bool:
        """Whether something was submitted and is not finally graded."""
        return self.attempts > 0 and (self.grade is None or not self.grade.is_final)


@dataclass(frozen=True)
class Row:
    """One trainee's line."""

    enrollment: Enrollment
    cells: tuple[Cell, ...]

    @property
    def percent(self) -> int | None:
        """The share of the points of all labs that were graded."""
        graded = [cell.grade for cell in self.cells if cell.grade is not None]
        most = sum(grade.max_score for grade in graded)
        return round(100 * sum(grade.score for grade in graded) / most) if most else None


@dataclass(frozen=True)
class QuestionRow:
    """One trainee's points by question, of the attempt that counts or else the newest."""

    enrollment: Enrollment
    submission: Submission | None
    scores: tuple[int | None, ...]
    cell: Cell


def places_in(run: CourseRun, text: str = "") -> QuerySet[Enrollment]:
    """Everybody with a place in the run, by name; whoever calls must have the run from `access_runs_for`."""
    places = Enrollment.objects.present().filter(run=run).select_related("user")
    if text:
        places = places.filter(called(text, "user__"))
    return places.order_by("user__name", "user__username", "pk")


def assignments_of(run: CourseRun) -> list[LabAssignment]:
    """Labs of the run in the order of their deadlines."""
    return list(LabAssignment.objects.filter(run=run).select_related("lab", "release").order_by("due_at", "pk"))


def book_rows(places: Sequence[Enrollment], assignments: Sequence[LabAssignment]) -> list[Row]:
    """Lines of the grade book; two queries for any number of trainees and labs."""
    submissions = Submission.objects.filter(
        assignment__in=assignments, user__in=[place.user_id for place in places], purpose=Purpose.SUBMIT
    ).order_by("attempt", "pk")
    attempts: dict[tuple[int, int], list[Submission]] = defaultdict(list)
    for submission in submissions:
        attempts[submission.user_id, submission.assignment_id].append(submission)
    grades = {
        grade.submission_id: grade
        for grade in Grade.objects.current().filter(submission__in=submissions.order_by().values("pk"))
    }
    return [
        Row(place, tuple(_cell(each, attempts[place.user_id, each.pk], grades) for each in assignments))
        for place in places
    ]


def _cell(assignment: LabAssignment, attempts: Sequence[Submission], grades: dict[int, Grade]) -> Cell:
    own = {each.attempt or 0: grades[each.pk] for each in attempts if each.pk in grades}
    results = attempt_results((each.attempt or 0 for each in attempts), own)
    found = effective(assignment.attempts_policy, results)
    return Cell(assignment, found, len(attempts), attempts[-1] if attempts else None)


def question_rows(places: Sequence[Enrollment], assignment: LabAssignment) -> list[QuestionRow]:
    """Points by question of one lab; a fixed number of queries."""
    rows = book_rows(places, [assignment])
    questions = questions_of(assignment)
    by_attempt = _counting_attempts(rows, assignment)
    scores = question_scores(by_attempt.values())
    found = []
    for row in rows:
        submission = by_attempt.get(row.enrollment.user_id)
        own = scores.get(submission.pk, {}) if submission else {}
        points = tuple(own.get(question.grade_id) for question in questions)
        found.append(QuestionRow(row.enrollment, submission, points, row.cells[0]))
    return found


def questions_of(assignment: LabAssignment) -> list[LabQuestion]:
    """Questions of the release that the assignment has now, in order."""
    return list(assignment.release.questions.order_by("order", "pk"))


def _counting_attempts(rows: Iterable[Row], assignment: LabAssignment) -> dict[int, Submission]:
    """Return the attempt whose grade counts, by user; the newest where none or several do."""
    chosen: dict[int, Submission] = {}
    wanted: dict[int, int] = {}
    for row in rows:
        cell = row.cells[0]
        if cell.newest is None:
            continue
        chosen[row.enrollment.user_id] = cell.newest
        if cell.grade is not None and cell.grade.attempt not in (None, cell.newest.attempt):
            wanted[row.enrollment.user_id] = cell.grade.attempt or 0
    older = Submission.objects.filter(assignment=assignment, purpose=Purpose.SUBMIT, user__in=list(wanted))
    for submission in older:
        if submission.attempt == wanted[submission.user_id]:
            chosen[submission.user_id] = submission
    return chosen


def question_scores(submissions: Iterable[Submission]) -> dict[int, dict[str, int | None]]:
    """Points by submission and grade id with marks of people; None where a mark is missing. Two queries."""
    listed = [each.pk for each in submissions]
    current = Grade.objects.current().filter(submission__in=listed)
    results = QuestionResult.objects.filter(run__in=current.values("run")).select_related("question", "run")
    rows = ManualMark.objects.current().filter(submission__in=listed).select_related("question")
    marks = {(each.submission_id, each.question.grade_id): each for each in rows}
    found: dict[int, dict[str, int | None]] = defaultdict(dict)
    for each in results:
        name, submission = each.question.grade_id, each.run.submission_id
        found[submission][name] = CountedResult(each, marks.get((submission, name))).score
    return found


def book_table(rows: Iterable[Row], assignments: Sequence[LabAssignment]) -> tuple[list[str], list[list[Value]]]:
    """Headings and lines of an export: points, maximum and state of every lab."""
    headings = [pgettext("person", "Name"), _("Login name")]
    for assignment in assignments:
        title = assignment.lab.title
        headings += [f"{title} {name}" for name in (_("Points"), _("Maximum points"), _("State"))]
    return [*headings, _("Percent of all labs")], [list(_line(row)) for row in rows]


def _line(row: Row) -> Iterator[Value]:
    yield row.enrollment.user.name
    yield row.enrollment.user.username
    for cell in row.cells:
        yield cell.grade.score / 100 if cell.grade else None
        yield cell.grade.max_score / 100 if cell.grade else None
        yield state_label(cell)
    yield row.percent


def state_label(cell: Cell) -> str:
    """Return where a lab stands for a trainee, in words."""
    if not cell.attempts:
        return _("Not submitted")
    if cell.is_open:
        return _("Not graded in full")
    return _("Passed") if cell.has_passed else _("Not passed")


def question_table(
    rows: Iterable[QuestionRow], questions: Sequence[LabQuestion]
) -> tuple[list[str], list[list[Value]]]:
    """Headings and lines of an export of one lab by question."""
    headings = [pgettext("person", "Name"), _("Login name"), _("Receipt number")]
    headings += [f"{question.title} ({question.max_score / 100:g})" for question in questions]
    lines: list[list[Value]] = [
        [
            row.enrollment.user.name,
            row.enrollment.user.username,
            (row.submission.receipt or "") if row.submission else "",
            *(None if score is None else score / 100 for score in row.scores),
            row.cell.grade.score / 100 if row.cell.grade else None,
        ]
        for row in rows
    ]
    return [*headings, _("Grade that counts")], lines
