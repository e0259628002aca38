"""The assignment that puts a release before a run."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from courses.catalog.models import CourseRun

from .labs import Lab, LabRelease


class LabAssignment(models.Model):
    """A release put before a run: when it opens, when it is due, how many attempts, what passes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="assignments")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="lab_assignments")
    release = models.ForeignKey(LabRelease, on_delete=models.PROTECT, related_name="assignments")
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    max_attempts = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    pass_percent = models.PositiveSmallIntegerField(default=60)
    is_required = models.BooleanField(default=True, help_text="Completing the run needs it passed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lab", "run"], name="lab_once_per_run"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opens_at")), name="assignment_due_after_open"),
            models.CheckConstraint(condition=Q(pass_percent__lte=100), name="assignment_pass_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.lab_id} in {self.run_id}"


def lab_path(assignment_uuid: uuid.UUID) -> str:
    """Address of a trainee's page of an assignment, below the portal's; the same in every process."""
    return f"/labs/{assignment_uuid}/"
