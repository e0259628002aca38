"""The comments that the instructors of a course share."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from courses.catalog.models import Course
from courses.catalog.queries import access_courses_for, access_runs_for
from labs.grading.models import StockComment
from portal.users.models import Role, User
from portal.users.rights import has_role

MOST = 300


def access_stock_courses_for(user: User, on: date) -> QuerySet[Course]:
    """Courses whose comments the user may read and write: those that the user authors or teaches a run of."""
    taught = access_runs_for(user, on).values("course")
    return Course.objects.filter(Q(pk__in=taught) | Q(pk__in=access_courses_for(user, on).values("pk")))


def comments_of(course: Course) -> QuerySet[StockComment]:
    """Return the comments in use, by shortcut."""
    found = StockComment.objects.filter(course=course, retired_at__isnull=True).select_related("created_by")
    return found.order_by("shortcut", "pk")[:MOST]


def may_change(user: User, comment: StockComment, on: date) -> bool:
    """Return whether the comment is the user's own; administrators look after those of people who have left."""
    return comment.created_by_id == user.pk or has_role(user, Role.ADMINISTRATOR, on=on)
