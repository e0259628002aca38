"""Instructors hear of what waits for them: soon of work that could not be graded, once a day of questions to mark.

Both look at what waits now, whichever way it came to wait, and may be repeated: what was told is not told again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from labs.assignments.models import LabAssignment
from labs.grading.appeals import teachers_of
from labs.grading.models import Cause, Grade, GradingRun
from labs.grading.queries.waiting import Asked, waiting_for
from portal.notifications.actions import renew_notice
from portal.notifications.models import Notice
from portal.queue.models import WorkStatus
from portal.users.models import User

FAILED, MANUAL = "grading.not_graded", "grading.marks_wait"
MORNING = 8
"""The digest comes with the working day, by local time."""


def tell_of_failures(at: datetime) -> None:
    """Tell those who teach a run of submissions that no grader could grade: a notice for each lab."""
    stuck = GradingRun.objects.filter(status=WorkStatus.NEEDS_PERSON, cause=Cause.SUBMIT)
    for assignment in _assignments(stuck.values("submission__assignment")):
        for teacher in teachers_of(assignment, timezone.localdate(at)):
            _tell_of_failures(assignment, teacher, stuck, at)


def tell_of_marks(at: datetime) -> None:
    """Tell every instructor, once a day, how many submissions wait for marks."""
    if timezone.localtime(at).hour < MORNING:
        return
    open_grades = Grade.objects.current().filter(is_complete=False)
    teachers: dict[int, User] = {}
    for assignment in _assignments(open_grades.values("submission__assignment")):
        teachers |= {teacher.pk: teacher for teacher in teachers_of(assignment, timezone.localdate(at))}
    for teacher in teachers.values():
        _tell_of_marks(teacher, at)


@transaction.atomic
def _tell_of_failures(assignment: LabAssignment, teacher: User, stuck: QuerySet[GradingRun], at: datetime) -> None:
    User.objects.select_for_update().get(pk=teacher.pk)
    asked = Asked(run=assignment.run.code, lab=assignment.lab.code, kind="failed")
    waiting = waiting_for(teacher, timezone.localdate(at), asked)
    runs = sorted(stuck.filter(submission__in=waiting.order_by().values("pk")).values_list("pk", flat=True))
    url = f"{reverse('grading:desk')}?{urlencode({'kind': asked.kind, 'run': asked.run, 'lab': asked.lab})}"
    earlier = Notice.objects.filter(user=teacher, kind=FAILED, url=url).values_list("params", flat=True)
    told = {pk for params in earlier for pk in params.get("runs", ())}
    if set(runs) <= told:
        return
    params = {"lab": assignment.lab.title, "run": assignment.run.name, "count": len(runs), "runs": runs}
    renew_notice(user=teacher, kind=FAILED, params=params, url=url, at=at)


@transaction.atomic
def _tell_of_marks(teacher: User, at: datetime) -> None:
    User.objects.select_for_update().get(pk=teacher.pk)
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    if Notice.objects.filter(user=teacher, kind=MANUAL, created_at__gte=midnight).exists():
        return
    count = waiting_for(teacher, timezone.localdate(at), Asked(kind="manual")).count()
    if count:
        url = f"{reverse('grading:desk')}?kind=manual"
        renew_notice(user=teacher, kind=MANUAL, params={"count": count}, url=url, at=at)


def _assignments(keys: QuerySet[Any, Any]) -> QuerySet[LabAssignment]:
    """Return the assignments of these keys, with what notices name."""
    found = LabAssignment.objects.filter(pk__in=keys)
    return found.select_related("lab", "run__course__program").order_by("pk")
