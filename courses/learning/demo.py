"""Places of the demo province's learners in its runs."""

from __future__ import annotations

from datetime import datetime

from courses.catalog.models import CourseRun
from portal.users.models import User

from .actions import enroll
from .models import Enrollment

PLACES = (("li.wei", "scg-2026"), ("wang.fang", "cdp-2026"), ("zhou.min", "cdp-2026"), ("zhou.min", "col-2026"))


def seed(*, at: datetime) -> None:
    """Enroll the learners who are not; those who are stay as they are."""
    for username, code in PLACES:
        user = User.objects.filter(username=username).first()
        run = CourseRun.objects.get(code=code)
        if user is not None and not Enrollment.objects.filter(user=user, run=run).exists():
            enroll(user=user, run=run, by=None, at=at)
