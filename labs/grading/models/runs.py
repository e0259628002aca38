"""One grading of one submission and what it found for each question."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labs.assignments.models import LabQuestion, LabRelease
from labs.grader.protocol import Verdict
from portal.queue.models import LeasedRow, WorkStatus

from .submissions import Submission


class Cause(models.TextChoices):
    """Why a run grades."""

    SUBMIT = "submit", _("Submission")
    CHECK = "check", _("Check")
    REGRADE = "regrade", _("Regrade")
    REPLAY = "replay", _("Replay")


VERDICTS = [
    (Verdict.PASSED.value, _("Correct")),
    (Verdict.PARTIAL.value, _("Partly correct")),
    (Verdict.FAILED.value, _("Not correct yet")),
    (Verdict.ERROR.value, _("The code stopped with an error")),
    (Verdict.TIMEOUT.value, _("Took too long")),
    (Verdict.MEMORY.value, _("Used too much memory")),
    (Verdict.OUTPUT.value, _("Printed too much")),
    (Verdict.CRASHED.value, _("The program ended unexpectedly")),
    (Verdict.MANUAL.value, _("Marked by the instructor")),
    (Verdict.NOT_CHECKABLE.value, _("Checked after submission")),
]
"""The grader's verdicts in words."""
CHECKS_AT_ONCE = 2
"""Unfinished Checks of one person, over all labs."""


class GradingRun(LeasedRow):
    """One grading of one submission. The key makes a second run of the same thing impossible.

    `turn` is its place in the fair order (labs.grading.turns). A Check holds one of its trainee's `check_place`s until
    it is done; one that waited when a newer came is done with at once and says which one replaced it.
    """

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
    turn = models.BigIntegerField(default=0, help_text="Lower ones of the same cause go first.")
    check_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    check_place = models.PositiveSmallIntegerField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_of", "check_place"],
                condition=Q(status__in=[WorkStatus.QUEUED, WorkStatus.RUNNING]),
                name="run_check_place_once",
                violation_error_message=_("Two Checks of this person are not finished yet."),
            ),
            models.CheckConstraint(
                condition=~Q(cause=Cause.CHECK, status__in=[WorkStatus.QUEUED, WorkStatus.RUNNING])
                # A comparison with nothing is no refusal to a database.
                | Q(check_of__isnull=False, check_place__isnull=False, check_place__range=(1, CHECKS_AT_ONCE)),
                name="run_check_has_place",
                violation_error_message=_("A Check that is not finished needs one of its trainee's places."),
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True)
                | Q(cause=Cause.CHECK, status=WorkStatus.DONE, wall_ms__isnull=True),
                name="run_replaced_is_waiting_check",
                violation_error_message=_("Only a Check that was not run can be replaced by another."),
            ),
        ]
        indexes = [
            models.Index(fields=["cause", "turn"], name="run_turn"),
            models.Index(fields=["cause", "started_at"], name="run_started"),
            models.Index(fields=["status", "finished_at"], name="run_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.uuid}"


class QuestionResult(models.Model):
    """What a run found for one question. Scores in hundredths. Never changed."""

    run = models.ForeignKey(GradingRun, on_delete=models.PROTECT, related_name="results")
    question = models.ForeignKey(LabQuestion, on_delete=models.PROTECT, related_name="results")
    verdict = models.CharField(max_length=16, choices=VERDICTS)
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
