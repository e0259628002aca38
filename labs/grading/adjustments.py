"""Reading adjustments of points: which wait, for whom, and whether two people are needed."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from courses.catalog.queries import access_runs_for
from courses.certification.models import Certification
from labs.grader.protocol import Verdict
from portal.users.models import Role, RoleGrant, ScopeKind, User
from portal.users.scopes import ended_scopes

from .appeals import teachers_of
from .counting import CountedResult
from .models import ScoreAdjustment, Submission
from .queries import counted_results

MOST_WAITING = 50


def access_adjustments_for(user: User, on: date) -> QuerySet[ScoreAdjustment]:
    """Return adjustments in the runs that the user teaches, those without a decision first."""
    runs = access_runs_for(user, on).values("pk")
    rows = ScoreAdjustment.objects.filter(submission__assignment__run__in=runs)
    return rows.select_related(
        "submission__user", "submission__assignment__lab", "submission__assignment__run", "question", "proposed_by",
        "decision__decided_by",
    ).order_by("decision__decided_at", "proposed_at", "pk")  # fmt: skip


def waiting_adjustments(adjustments: QuerySet[ScoreAdjustment]) -> QuerySet[ScoreAdjustment]:
    """Those without a decision."""
    return adjustments.filter(decision__isnull=True)


def deciders_of(submission: Submission, proposer: User, on: date) -> list[User]:
    """Return who may decide on points that `proposer` proposes, and is asked to:
    the other instructors of the run; where it has
    no other, the lab's authors; where there are none either, the administrators. Never who proposed or handed in."""
    assignment = submission.assignment
    scopes = Q(scope_kind=ScopeKind.RUN, scope_uuid=assignment.run.uuid)
    if (program := assignment.run.course.program) is not None:
        scopes |= Q(scope_kind=ScopeKind.PROGRAM, scope_uuid=program.uuid)
    grants = RoleGrant.objects.in_force(on).exclude(ended_scopes(on))
    authors = grants.filter(scopes, role=Role.LAB_AUTHOR).values("user")
    administrators = grants.filter(role=Role.ADMINISTRATOR).values("user")
    circles = [
        teachers_of(assignment, on),
        User.objects.filter(pk__in=authors, is_active=True).order_by("pk"),
        User.objects.filter(pk__in=administrators, is_active=True).order_by("pk"),
    ]
    for circle in circles:
        if found := list(circle.exclude(pk__in=(proposer.pk, submission.user_id))):
            return found
    return []


def adjustments_to_decide(user: User, on: date) -> list[ScoreAdjustment]:
    """Proposals that wait for this person's decision; a handful at a time, each asked for its deciders."""
    waiting = waiting_adjustments(access_adjustments_for(user, on)).exclude(proposed_by=user)
    rows = waiting.exclude(submission__user=user).select_related("submission__assignment__run__course__program")
    return [row for row in rows[:MOST_WAITING] if user in deciders_of(row.submission, row.proposed_by, on)]


def is_certified(submission: Submission) -> bool:
    """Return whether the course of the submission's run leads to a certificate,
    so that one person alone changes nothing."""
    return Certification.objects.filter(course=submission.assignment.run.course_id).exists()


def tested_result(submission: Submission, question_id: int) -> CountedResult | None:
    """Return the counted result of a question that tests grade; None for any other."""
    for each in counted_results(submission):
        if each.result.question_id == question_id and each.result.verdict != Verdict.MANUAL:
            return each
    return None
