"""Reading appeals: who may object until when, what waits for an answer, who answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from courses.catalog.queries import access_runs_for
from labs.assignments.models import LabAssignment, LabQuestion
from portal.users.models import Role, RoleGrant, ScopeKind, User
from portal.users.scopes import ended_scopes

from .models import Appeal, Grade, Submission
from .queries import counted_results


def appeals_until(assignment: LabAssignment, grade: Grade) -> datetime | None:
    """Return the end of the window, which every new grade opens again; None where appeals are not taken."""
    return grade.graded_at + timedelta(days=assignment.appeal_days) if assignment.appeal_days else None


def appeal_problem(submission: Submission, grade: Grade | None, *, at: datetime) -> str:
    """Return why no appeal can be opened: not_graded or over; empty when one can."""
    if grade is None:
        return "not_graded"
    until = appeals_until(submission.assignment, grade)
    return "over" if until is None or at > until else ""


def open_to_appeal(submission: Submission, grade: Grade | None) -> list[LabQuestion]:
    """Questions that were judged and not objected to yet. One that waits for the instructor's marks is not judged.

    Full points are no reason to be silent: a test that asks for something wrong gives them for a wrong answer.
    """
    if grade is None:
        return []
    objected = set(Appeal.objects.filter(submission=submission).values_list("question__grade_id", flat=True))
    return [
        each.result.question
        for each in counted_results(submission)
        if each.result.question.grade_id not in objected and each.score is not None
    ]


def access_appeals_for(user: User, on: date) -> QuerySet[Appeal]:
    """Appeals in the runs that the user teaches; those without an answer first, the oldest of them first."""
    runs = access_runs_for(user, on).values("pk")
    return (
        Appeal.objects.filter(submission__assignment__run__in=runs)
        .select_related("submission__user", "submission__assignment__lab", "submission__assignment__run", "question")
        .select_related("grade", "answer__answered_by")
        .order_by("answer__answered_at", "opened_at", "pk")
    )


def own_appeals(user: User | AnonymousUser, assignment: LabAssignment) -> QuerySet[Appeal]:
    """Return the user's own appeals in an assignment, newest first."""
    if user.pk is None:
        return Appeal.objects.none()
    own = Appeal.objects.filter(submission__user_id=user.pk, submission__assignment=assignment)
    return own.select_related("submission", "question", "answer__answered_by").order_by("-opened_at", "-pk")


def waiting(appeals: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """Those without an answer."""
    return appeals.filter(answer__isnull=True)


def teachers_of(assignment: LabAssignment, on: date) -> QuerySet[User]:
    """Instructors of the assignment's run, by run or by program."""
    scopes = Q(scope_kind=ScopeKind.RUN, scope_uuid=assignment.run.uuid)
    if (program := assignment.run.course.program) is not None:
        scopes |= Q(scope_kind=ScopeKind.PROGRAM, scope_uuid=program.uuid)
    grants = RoleGrant.objects.in_force(on).filter(scopes, role=Role.INSTRUCTOR).exclude(ended_scopes(on))
    return User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("pk")
