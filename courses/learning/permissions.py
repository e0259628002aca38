"""Who looks after the learners of a run: those who teach it, and personnel officers for their own people."""

from __future__ import annotations

from datetime import date

from courses.catalog.models import CourseRun
from courses.catalog.queries import access_runs_for
from portal.users.models import Role, User

READERS = (Role.INSTRUCTOR.value, Role.LAB_AUTHOR.value, Role.HR.value, Role.ADMINISTRATOR.value)
"""Roles that read rosters."""
ENROLLERS = (Role.INSTRUCTOR.value, Role.HR.value, Role.ADMINISTRATOR.value)
"""Roles that enroll and withdraw others."""


def teaches(user: User, run: CourseRun, on: date, *roles: str) -> bool:
    """Return whether the user teaches the run, in one of the roles."""
    return access_runs_for(user, on, *roles).filter(pk=run.pk).exists()
