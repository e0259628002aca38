"""Reading adjustments of points: which wait, for whom, and whether two people are needed."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from courses.catalog.queries import access_runs_for
from courses.certification.models import Certification
from portal.users.models import User

from .counting import CountedResult
from .models import ScoreAdjustment, Submission
from .queries import counted_results


def access_adjustments_for(user: User, on: date) -> QuerySet[ScoreAdjustment]:
    """Adjustments in the runs that the user teaches, those without a decision first."""
    runs = access_runs_for(user, on).values("pk")
    rows = ScoreAdjustment.objects.filter(submission__assignment__run__in=runs)
    return rows.select_related(
        "submission__user", "submission__assignment__lab", "submission__assignment__run", "question", "proposed_by",
        "decision__decided_by",
    ).order_by("decision__decided_at", "proposed_at", "pk")  # fmt: skip


def waiting_adjustments(adjustments: QuerySet[ScoreAdjustment]) -> QuerySet[ScoreAdjustment]:
    """Those without a decision."""
    return adjustments.filter(decision__isnull=True)


def is_certified(submission: Submission) -> bool:
    """Whether the course of the submission's run leads to a certificate, so that one person alone changes nothing."""
    return Certification.objects.filter(course=submission.assignment.run.course_id).exists()


def tested_result(submission: Submission, question_id: int) -> CountedResult | None:
    """The counted result of a question that tests grade; None for any other."""
    for each in counted_results(submission):
        if each.result.question_id == question_id and each.result.verdict != "manual":
            return each
    return None
