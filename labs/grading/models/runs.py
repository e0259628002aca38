"""One grading of one submission and what it found for each question."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from labs.assignments.models import LabQuestion, LabRelease
from portal.queue.models import LeasedRow

from .submissions import Submission


class Cause(models.TextChoices):
    """Why a run grades."""

    SUBMIT = "submit", _("Submission")
    CHECK = "check", _("Check")
    REGRADE = "regrade", _("Regrade")
    REPLAY = "replay", _("Replay")


class GradingRun(LeasedRow):
    """One grading of one submission. The key makes a second run of the same thing impossible."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="runs")
    release = models.ForeignKey(LabRelease, on_delete=models.PROTECT, related_name="runs")
    cause = models.CharField(max_length=8, choices=Cause.choices)
    key = models.CharField(max_length=64, unique=True, help_text="sha256 as in docs/reference/record.md")
    environment_digest = models.CharField(max_length=64)
    dataset_digest = models.CharField(max_length=64)
    grader_digest = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    cpu_ms = models.PositiveIntegerField(null=True, blank=True)
    wall_ms = models.PositiveIntegerField(null=True, blank=True)
    peak_mb = models.PositiveIntegerField(null=True, blank=True)
    flags = models.JSONField(default=list, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.cause} {self.uuid}"


class QuestionResult(models.Model):
    """What a run found for one question. Scores in hundredths. Never changed."""

    run = models.ForeignKey(GradingRun, on_delete=models.PROTECT, related_name="results")
    question = models.ForeignKey(LabQuestion, on_delete=models.PROTECT, related_name="results")
    verdict = models.CharField(max_length=16)
    score = models.PositiveIntegerField()
    max_score = models.PositiveIntegerField()
    message = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "question"],
                name="result_once_per_question",
                violation_error_message=_("This question has been graded in this run already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.verdict}"
