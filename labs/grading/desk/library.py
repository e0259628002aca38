"""The comments that the instructors of a course share."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from courses.catalog.models import Course
from courses.catalog.queries import access_courses_for, access_runs_for
from labs.grading.models import StockComment
from portal.audit.actions import record
from portal.users.models import User

MOST = 300


class ShortcutTaken(ValueError):
    """Another comment of the course has the shortcut."""


def access_stock_courses_for(user: User, on: date) -> QuerySet[Course]:
    """Courses whose comments the user may read and write: those that the user authors or teaches a run of."""
    taught = access_runs_for(user, on).values("course")
    return Course.objects.filter(Q(pk__in=taught) | Q(pk__in=access_courses_for(user, on).values("pk")))


def comments_of(course: Course) -> QuerySet[StockComment]:
    """The comments in use, by shortcut."""
    return StockComment.objects.filter(course=course, retired_at__isnull=True).order_by("shortcut", "pk")[:MOST]


@transaction.atomic
def add_comment(*, course: Course, shortcut: str, text: str, by: User, at: datetime) -> StockComment:
    """This will add a comment to the course's library. Raises ShortcutTaken."""
    Course.objects.select_for_update().get(pk=course.pk)
    own = StockComment.objects.filter(course=course, retired_at__isnull=True)
    same = own.filter(shortcut=shortcut, text=text).first()
    if same is not None:
        return same
    if shortcut and own.filter(shortcut=shortcut).exists():
        raise ShortcutTaken(shortcut)
    comment = StockComment.objects.create(course=course, shortcut=shortcut, text=text, created_at=at, created_by=by)
    record(by=by, at=at, event="grading.comment_added", target=course, details={"shortcut": shortcut})
    return comment


@transaction.atomic
def retire_comment(*, comment: StockComment, by: User, at: datetime) -> None:
    """This will take a comment out of the library; marks that used it keep their text."""
    if StockComment.objects.filter(pk=comment.pk, retired_at__isnull=True).update(retired_at=at):
        record(
            by=by, at=at, event="grading.comment_retired", target=comment.course, details={"text": comment.text[:80]}
        )
