"""The assignment that puts a release before a run, and what a single trainee is granted beyond its terms."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun

from .labs import Lab, LabRelease


class AttemptsPolicy(models.TextChoices):
    """Which attempt's grade counts."""

    BEST = "best", _("The best attempt")
    LAST = "last", _("The last attempt")
    AVERAGE = "average", _("The average of all attempts")


class LabAssignment(models.Model):
    """A release put before a run: when it opens, when it is due, how many attempts, what passes. See `rules.py`."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="assignments")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="lab_assignments")
    release = models.ForeignKey(LabRelease, on_delete=models.PROTECT, related_name="assignments")
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    max_attempts = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    pass_percent = models.PositiveSmallIntegerField(default=60)
    is_required = models.BooleanField(default=True, help_text="Completing the run needs it passed.")
    attempts_policy = models.CharField(max_length=8, choices=AttemptsPolicy.choices, default=AttemptsPolicy.BEST)
    late_curve = models.JSONField(
        default=list,
        blank=True,
        help_text="[[last started day, percent off]], rising; nothing is taken after the last.",
    )
    appeal_days = models.PositiveSmallIntegerField(default=7, help_text="Days after a grade; 0: no appeals.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="Since when nothing can be submitted to it.")
    withdrawn_because = models.CharField(max_length=200, blank=True, help_text="The trainees read it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lab", "run"],
                name="lab_once_per_run",
                violation_error_message=_("This lab has been assigned to this run already."),
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("opens_at")),
                name="assignment_due_after_open",
                violation_error_message=_("The due time must be later than the opening time."),
            ),
            models.CheckConstraint(
                condition=Q(pass_percent__lte=100),
                name="assignment_pass_percent",
                violation_error_message=_("The pass mark is at most 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lab_id} in {self.run_id}"


class LabExtension(models.Model):
    """What one trainee is granted beyond an assignment's terms. The newest row holds; one without terms withdraws."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(LabAssignment, on_delete=models.PROTECT, related_name="extensions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lab_extensions")
    due_at = models.DateTimeField(null=True, blank=True, help_text="Empty: the assignment's.")
    extra_attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["assignment", "user"], name="extension_of_trainee")]

    def __str__(self) -> str:
        return f"{self.assignment_id} for {self.user_id}"

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing is granted any more."""
        return self.due_at is None and not self.extra_attempts


def lab_path(assignment_uuid: uuid.UUID) -> str:
    """Address of a trainee's page of an assignment, below the portal's; the same in every process."""
    return f"/labs/{assignment_uuid}/"
