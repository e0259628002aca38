"""Points of a question that tests grade, adjusted by a person with a reason; twice looked at where it is certified."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from labs.assignments.models import LabQuestion

from .grades import ManualMark
from .submissions import Submission


class ScoreAdjustment(models.Model):
    """What somebody proposes, with the points that held then. Never changed; the decision is a row of its own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="adjustments")
    question = models.ForeignKey(LabQuestion, on_delete=models.PROTECT, related_name="adjustments")
    before = models.PositiveIntegerField(help_text="Hundredths.")
    score = models.PositiveIntegerField(help_text="Hundredths.")
    reason = models.CharField(max_length=500)
    needs_second = models.BooleanField(help_text="The course leads to a certificate, so another person decides.")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(score=F("before")),
                name="adjustment_changes_points",
                violation_error_message=_("The question has these points already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.before / 100:g} → {self.score / 100:g}"


class AdjustmentDecision(models.Model):
    """Whether the proposal holds, once; with the mark that it became."""

    adjustment = models.OneToOneField(ScoreAdjustment, on_delete=models.PROTECT, related_name="decision")
    is_applied = models.BooleanField()
    text = models.CharField(max_length=500, blank=True)
    mark = models.OneToOneField(
        ManualMark, null=True, blank=True, on_delete=models.PROTECT, related_name="adjustment_decision"
    )
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return "applied" if self.is_applied else "refused"
