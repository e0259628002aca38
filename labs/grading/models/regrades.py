"""Grading everybody again: a batch of runs whose results are a proposal until a person decides."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from labs.assignments.models import LabAssignment, LabRelease

from .grades import Grade
from .runs import GradingRun
from .submissions import Submission


class Decision(models.TextChoices):
    """What became of a proposed result."""

    OPEN = "", _("Not decided")
    APPLIED = "applied", _("Taken over")
    SAME = "same", _("Unchanged")
    KEPT = "kept", _("The earlier grade stays")
    KEPT_CERTIFIED = "certified", _("The earlier grade stays: a certificate rests on it")
    NOT_GRADED = "not_graded", _("Could not be graded; the earlier grade stays")
    DISCARDED = "discarded", _("Discarded")


class RegradeBatch(models.Model):
    """One grading of every attempt of an assignment with a release, and what a person decided about its results."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(LabAssignment, on_delete=models.PROTECT, related_name="regrades")
    release = models.ForeignKey(LabRelease, on_delete=models.PROTECT, related_name="regrades")
    reason = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(
        max_length=10, blank=True, choices=[("approved", _("Approved")), ("discarded", _("Discarded"))]
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True, help_text="Why certified results were lowered.")

    def __str__(self) -> str:
        return f"{self.assignment_id} with {self.release_id}"


class RegradeItem(models.Model):
    """One submission in a batch: the run that grades it again and what became of its result."""

    batch = models.ForeignKey(RegradeBatch, on_delete=models.PROTECT, related_name="items")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="regrade_items")
    run = models.OneToOneField(GradingRun, on_delete=models.PROTECT, related_name="proposal")
    before = models.ForeignKey(Grade, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, blank=True, choices=Decision.choices, default=Decision.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "submission"],
                name="regrade_once_per_batch",
                violation_error_message=_("This submission is in the regrade already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.decision or 'open'}"
