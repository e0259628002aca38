"""Writing the comments that the instructors of a course share."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from courses.catalog.models import Course
from labs.grading.models import StockComment
from labs.grading.queries.library import may_change
from portal.audit.actions import record
from portal.users.models import User


class ShortcutTaken(ValueError):
    """Another comment of the course has the shortcut."""


class CommentGone(ValueError):
    """Somebody has rewritten the comment or taken it out meanwhile."""


@transaction.atomic
def add_comment(*, course: Course, shortcut: str, text: str, by: User, at: datetime) -> StockComment:
    """Add a comment to the course's library. Raises ShortcutTaken."""
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
def change_comment(*, comment: StockComment, shortcut: str, text: str, by: User, at: datetime) -> StockComment:
    """Put new words in the place of an own comment; marks that used it keep theirs.

    Raises PermissionDenied, CommentGone, ShortcutTaken.
    """
    if not may_change(by, comment, timezone.localdate(at)):
        raise PermissionDenied
    Course.objects.select_for_update().get(pk=comment.course_id)
    own = StockComment.objects.filter(course=comment.course_id, retired_at__isnull=True)
    if not own.filter(pk=comment.pk).exists():
        raise CommentGone(str(comment.uuid))
    if (shortcut, text) == (comment.shortcut, comment.text):
        return comment
    if shortcut and own.filter(shortcut=shortcut).exclude(pk=comment.pk).exists():
        raise ShortcutTaken(shortcut)
    own.filter(pk=comment.pk).update(retired_at=at)
    # Whoever began it keeps it, also when an administrator mends it.
    changed = StockComment.objects.create(
        course=comment.course, shortcut=shortcut, text=text, created_at=at, created_by=comment.created_by,
        supersedes=comment,
    )  # fmt: skip
    details = {"shortcut": shortcut, "before": str(comment.uuid), "after": str(changed.uuid)}
    record(by=by, at=at, event="grading.comment_changed", target=comment.course, details=details)
    return changed


@transaction.atomic
def retire_comment(*, comment: StockComment, by: User, at: datetime) -> None:
    """Take an own comment out of the library; marks that used it keep their text. Raises PermissionDenied."""
    if not may_change(by, comment, timezone.localdate(at)):
        raise PermissionDenied
    if StockComment.objects.filter(pk=comment.pk, retired_at__isnull=True).update(retired_at=at):
        record(
            by=by, at=at, event="grading.comment_retired", target=comment.course, details={"text": comment.text[:80]}
        )
