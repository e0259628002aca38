"""What follows for results when the terms of a lab change. Receivers only write rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from labs.assignments.models import LabAssignment
from labs.assignments.signals import terms_changed
from portal.users.models import User

from .actions import recount


@receiver(terms_changed, dispatch_uid="grading.recount")
def recount_results(
    sender: object, assignment: LabAssignment, user: User | None, by: User | None, at: datetime, **_: Any
) -> None:
    """Results follow new terms in the same transaction."""
    recount(assignment=assignment, user=user, by=by, at=at)
