"""What an auditor reads of regrades and appeals; the pages themselves are the instructors'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from courses.learning.audit_words import hundredths
from portal.audit.details import Words
from portal.audit.sentences import Concerned, Describe, Key, uuids

from .models import Appeal, RegradeBatch
from .models.regrades import Decision
from .wording import flag_label


def regrades(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Return the lab's title and the run."""
    rows = RegradeBatch.objects.filter(uuid__in=uuids(keys)).select_related("assignment__lab", "assignment__run")
    return {row.uuid: Concerned(f"{row.assignment.lab}（{row.assignment.run}）") for row in rows}


def appeals(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Return the receipt of what is appealed against, and the question."""
    rows = Appeal.objects.filter(uuid__in=uuids(keys)).select_related("submission", "question")
    return {row.uuid: Concerned(f"{row.submission}（{row.question}）") for row in rows}


_DECIDED = dict(Decision.choices)
ROWS: dict[str, Describe] = {"grading.regradebatch": regrades, "grading.appeal": appeals}
DETAIL_ROWS = {"grading.regrade_started.release": "assignments.labrelease"}
WORDS: dict[str, Words] = {
    "grading.score": hundredths,
    "grading.max_score": hundredths,
    "grading.before": hundredths,
    "grading.lateness_changed.before": str,
    "grading.flags_seen.flags": lambda flag: flag_label(str(flag)),
    "grading.book_exported.what": {"book": _("Grade book"), "marks": _("Marks")},
    "grading.results": lambda found: " · ".join(f"{_DECIDED.get(code, code)} {n}" for code, n in found.items()),
    "learning.requirement_met.score": hundredths,
    "learning.requirement_met.max_score": hundredths,
}
