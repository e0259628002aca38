"""What was found when a release was checked, and the answers of an author's that must fail."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.queue.models import LeasedRow, WorkStatus

from .labs import Lab, LabRelease


class WrongAnswer(models.Model):
    """A notebook of the author's that is wrong on purpose: every release of the lab must refuse it full marks."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="wrong_answers")
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=120, help_text="In the releases storage.")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lab", "name"],
                condition=models.Q(dropped_at__isnull=True),
                name="wrong_answer_name_once",
                violation_error_message=_("Another wrong answer of this lab has this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LabReport(LeasedRow):
    """One check of a release: its solution, blank and wrong answers, attacks and damaged notebooks, leaks, its data.

    The latest finished report of a release decides whether it may be assigned.
    """

    release = models.ForeignKey(LabRelease, on_delete=models.PROTECT, related_name="reports")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=20, blank=True, help_text="Where the running check stands.")
    percent = models.PositiveSmallIntegerField(default=0)
    report: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True, help_text="As the engine prints it.")
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["release", "-created_at"], name="report_of_release")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(report__isnull=True, passed__isnull=True)
                | models.Q(report__isnull=False, passed__isnull=False),
                name="report_decides",
                violation_error_message=_("A finished check says whether it passed."),
            ),
        ]

    def __str__(self) -> str:
        return f"report of {self.release_id}"

    @property
    def is_waiting(self) -> bool:
        """Whether its result is still to come."""
        return self.status in (WorkStatus.QUEUED, WorkStatus.RUNNING)
