"""Marks of people and the grade that follows: chains of which the last row holds."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labs.assignments.models import LabQuestion
from labs.assignments.rules import less_percent
from portal.chains import ChainQuerySet

from .runs import GradingRun
from .submissions import Submission


class ManualMarkQuerySet(ChainQuerySet["ManualMark"]):
    """Filters over marks."""


class ManualMark(models.Model):
    """An instructor's points for a manually graded question of a submission, in hundredths. Superseded, never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="marks")
    question = models.ForeignKey(LabQuestion, on_delete=models.PROTECT, related_name="marks")
    score = models.PositiveIntegerField()
    comment = models.TextField(blank=True)
    overrides = models.BooleanField(
        null=True, help_text="True: counts as it is, also where tests gave more (an adjustment)."
    )
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects = ManualMarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "question"],
                condition=Q(supersedes__isnull=True),
                name="mark_one_first",
                violation_error_message=_("This question has been marked already. Change the mark instead."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.score / 100:g}"


class GradeQuerySet(ChainQuerySet["Grade"]):
    """Filters over grades."""


class Grade(models.Model):
    """The grade of a submission, in hundredths. A chain by `supersedes` with exactly one end: the current grade.

    `score` is what the work earned; what counts after lateness is `counted_score`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="grades")
    run = models.ForeignKey(GradingRun, on_delete=models.PROTECT, related_name="grades")
    score = models.PositiveIntegerField()
    max_score = models.PositiveIntegerField()
    is_complete = models.BooleanField(help_text="False while a manual question waits for its mark.")
    has_passed = models.BooleanField(help_text="With what lateness takes off.")
    late_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Percent of the score that lateness takes off; empty: nothing."
    )
    reason = models.CharField(max_length=200, blank=True)
    graded_at = models.DateTimeField()
    graded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects = GradeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(supersedes__isnull=True),
                name="grade_one_first_per_submission",
                violation_error_message=_("This submission has a grade already. Regrade it instead."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.score / 100:g}/{self.max_score / 100:g}"

    @property
    def counted_score(self) -> int:
        """The score after lateness, in hundredths, half up."""
        return less_percent(self.score, self.late_percent or 0)
