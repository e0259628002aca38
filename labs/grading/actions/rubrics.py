"""Writing the criteria by which a question is marked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from labs.assignments.models import LabQuestion
from labs.grading.models import Rubric
from labs.grading.queries.rubrics import Criterion, current_rubric
from portal.audit.actions import record
from portal.users.models import User


@transaction.atomic
def write_rubric(*, question: LabQuestion, criteria: Iterable[Criterion], by: User, at: datetime) -> Rubric:
    """Make the criteria the question's next version; the same ones again are no new version."""
    document: list[dict[str, Any]] = [
        {"title": each.title, "levels": [{"title": level.title, "points": level.points} for level in each.levels]}
        for each in criteria
    ]
    # Two authors at once: the lab's row keeps their versions apart.
    lab = type(question.release.lab)._default_manager.select_for_update().get(pk=question.release.lab_id)
    current = current_rubric(question)
    if current is not None and current.criteria == document:
        return current
    rubric = Rubric.objects.create(
        lab=lab, grade_id=question.grade_id, number=current.number + 1 if current else 1, criteria=document,
        created_at=at, created_by=by,
    )  # fmt: skip
    details = {"question": question.grade_id, "number": rubric.number}
    record(by=by, at=at, event="grading.rubric_written", target=lab, details=details)
    return rubric
