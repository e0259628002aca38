"""What follows from events of learning. Receivers only write rows, in the event's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from courses.learning.models import CourseCompletion
from courses.learning.signals import course_completed

from .actions import request_issue


@receiver(course_completed)
def queue_certificates(completion: CourseCompletion, at: datetime, **_: Any) -> None:
    """Queue the certificates of a completed course."""
    request_issue(completion=completion, at=at)
