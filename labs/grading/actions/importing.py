"""Giving the marks of a spreadsheet; the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from courses.catalog.models import CourseRun
from labs.grading.actions import MarkRefused
from labs.grading.actions.giving import give_mark
from labs.grading.queries.importing import FileRefused, Given, plan_marks
from portal.audit.actions import record
from portal.queue.turns import in_turns
from portal.users.models import User


def import_marks(*, rows: Sequence[Given], run: CourseRun, by: User, at: datetime) -> int:
    """Give the marks of a file, none where a row is wrong; the number of marks that changed.

    Each mark is a transaction of its own: 3,000 of them would keep everybody else from writing. Killed in the middle,
    the same file does the rest. Raises FileRefused, in the middle only where a submission changed at that moment.
    """
    planned = plan_marks(rows, run=run, by=by)
    if any(each.problem for each in planned):
        raise FileRefused(_("Some rows are wrong. Nothing was changed."))
    changes = [each for each in planned if each.is_change]
    for each in in_turns(changes):
        assert each.submission is not None  # a change has both
        assert each.question is not None
        try:
            give_mark(
                submission=each.submission, question=each.question, score=each.score, comment=each.given.comment,
                by=by, at=at,
            )  # fmt: skip
        except MarkRefused:
            said = _("The submission %(receipt)s changed meanwhile. Import the same file again: marks given stay.")
            raise FileRefused(said % {"receipt": each.given.receipt}) from None
    details = {"rows": len(rows), "changed": len(changes)}
    record(by=by, at=at, event="grading.marks_imported", target=run, details=details)
    return len(changes)
