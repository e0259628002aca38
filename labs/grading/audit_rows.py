"""What an auditor reads of regrades and appeals; the pages themselves are the instructors'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.audit.sentences import Concerned, Key, register_rows, uuids

from .models import Appeal, RegradeBatch


def regrades(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """The lab's title and the run."""
    rows = RegradeBatch.objects.filter(uuid__in=uuids(keys)).select_related("assignment__lab", "assignment__run")
    return {row.uuid: Concerned(f"{row.assignment.lab}（{row.assignment.run}）") for row in rows}


def appeals(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """The receipt of what is appealed against, and the question."""
    rows = Appeal.objects.filter(uuid__in=uuids(keys)).select_related("submission", "question")
    return {row.uuid: Concerned(f"{row.submission}（{row.question}）") for row in rows}


def register() -> None:
    """This will name them on the auditor's pages."""
    register_rows("grading.regradebatch", regrades)
    register_rows("grading.appeal", appeals)
