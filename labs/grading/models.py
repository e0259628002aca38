"""Submissions, the runs that grade them, results per question and grades. What was graded is superseded, never changed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.learning.models import Enrollment
from labs.assignments.models import LabAssignment, LabQuestion, LabRelease
from portal.queue.models import LeasedRow


class Purpose(models.TextChoices):
    """Why a notebook was sent."""

    SUBMIT = "submit", _("Submission")
    CHECK = "check", _("Check")


class Submission(models.Model):
    """The bytes of a notebook as a trainee sent them, with receipt, digest and the server's time. Never changed.

    A check (visible tests, no grade) is kept the same way but has no attempt number and no receipt.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.SUBMIT)
    assignment = models.ForeignKey(LabAssignment, on_delete=models.PROTECT, related_name="submissions")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="submissions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions")
    release = models.ForeignKey(LabRelease, on_delete=models.PROTECT, related_name="submissions")
    attempt = models.PositiveSmallIntegerField(null=True, blank=True)
    receipt = models.CharField(max_length=32, null=True, blank=True, unique=True)
    idempotency_key = models.CharField(max_length=64, blank=True)
    path = models.CharField(max_length=120, help_text="In the submissions storage, by uuid.")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes.")
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "user", "attempt"], condition=Q(purpose="submit"), name="submission_attempt_once"
            ),
            models.UniqueConstraint(
                fields=["assignment", "user", "purpose", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="submission_idempotent",
            ),
            models.CheckConstraint(
                condition=Q(purpose="check", attempt__isnull=True, receipt__isnull=True)
                | Q(purpose="submit", attempt__isnull=False, receipt__isnull=False),
                name="submission_attempt_has_receipt",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt or str(self.uuid)


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
        constraints = [models.UniqueConstraint(fields=["run", "question"], name="result_once_per_question")]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.verdict}"


class ManualMark(models.Model):
    """An instructor's points for a manually graded question of a submission, in hundredths. Superseded, never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="marks")
    question = models.ForeignKey(LabQuestion, on_delete=models.PROTECT, related_name="marks")
    score = models.PositiveIntegerField()
    comment = models.TextField(blank=True)
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "question"], condition=Q(supersedes__isnull=True), name="mark_one_first"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.score / 100:g}"


class Grade(models.Model):
    """The grade of a submission, in hundredths. A chain by `supersedes` with exactly one end: the current grade."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="grades")
    run = models.ForeignKey(GradingRun, on_delete=models.PROTECT, related_name="grades")
    score = models.PositiveIntegerField()
    max_score = models.PositiveIntegerField()
    is_complete = models.BooleanField(help_text="False while a manual question waits for its mark.")
    has_passed = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    graded_at = models.DateTimeField()
    graded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(supersedes__isnull=True), name="grade_one_first_per_submission"
            )
        ]

    def __str__(self) -> str:
        return f"{self.score / 100:g}/{self.max_score / 100:g}"
