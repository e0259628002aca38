"""What the grading desk keeps: who holds a submission, rubrics, drafts, stock comments, feedback, similarity reports."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import Course
from labs.assignments.models import Lab, LabAssignment, LabQuestion
from portal.chains import ChainQuerySet
from portal.queue.models import LeasedRow

from .grades import ManualMark
from .runs import GradingRun
from .submissions import Submission


class SubmissionLock(models.Model):
    """Who has a submission open for marking. It lapses by itself; another instructor may take it over."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="lock")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    lease_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.submission_id} held by {self.holder_id}"


class FlagReview(models.Model):
    """An instructor has looked at what the engine flagged in a run: the run waits for nobody any more."""

    run = models.OneToOneField(GradingRun, on_delete=models.CASCADE, related_name="flag_review")
    seen_at = models.DateTimeField()
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"flags of {self.run_id} seen by {self.seen_by_id}"


class Rubric(models.Model):
    """A version of the criteria by which a question of a lab is marked. Never changed: a new version supersedes it.

    It hangs on lab and grade id, so that it holds for every release of the lab.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="rubrics")
    grade_id = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    criteria = models.JSONField(help_text="[{title, levels: [{title, points}]}], points in hundredths.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lab", "grade_id", "number"],
                name="rubric_number_once",
                violation_error_message=_("This version of the rubric exists already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.grade_id} v{self.number}"


class MarkRubric(models.Model):
    """By which version of the rubric a mark was given, and the level chosen for each criterion. Never changed."""

    mark = models.OneToOneField(ManualMark, on_delete=models.PROTECT, related_name="by_rubric")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="marks")
    levels = models.JSONField(help_text="Index of the level for each criterion, null where none was chosen.")

    def __str__(self) -> str:
        return f"{self.mark_id} by {self.rubric_id}"


class MarkDraft(models.Model):
    """What an instructor has filled in for a question and not yet given: kept as it is typed, seen by nobody else."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="drafts")
    question = models.ForeignKey(LabQuestion, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    score = models.CharField(max_length=12, blank=True, help_text="As typed.")
    comment = models.TextField(blank=True)
    levels = models.JSONField(default=list, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "question", "by"],
                name="draft_once",
                violation_error_message=_("You have a draft for this question already."),
            )
        ]

    def __str__(self) -> str:
        return f"draft of {self.by_id} for {self.question_id}"


class StockComment(models.Model):
    """A comment that the instructors of a course use again; typed as `/shortcut` it stands in full.

    Its words never change: a rewritten one supersedes it, and it is retired.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="stock_comments")
    shortcut = models.CharField(max_length=20, blank=True)
    text = models.TextField(max_length=2000)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "shortcut"],
                condition=Q(retired_at__isnull=True) & ~Q(shortcut=""),
                name="stock_comment_shortcut_once",
                violation_error_message=_("Another comment of this course has this shortcut."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class FeedbackQuerySet(ChainQuerySet["Feedback"]):
    """Filters over feedback."""


class Feedback(models.Model):
    """An instructor's words to a trainee about a question that tests grade. Superseded, never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="feedback")
    question = models.ForeignKey(LabQuestion, on_delete=models.PROTECT, related_name="feedback")
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "question"],
                condition=Q(supersedes__isnull=True),
                name="feedback_one_first",
                violation_error_message=_("This question has a comment already. Change it instead."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class SimilarityReport(LeasedRow):
    """A comparison of the answers of an assignment with each other: work of the worker, with progress."""

    assignment = models.ForeignKey(LabAssignment, on_delete=models.PROTECT, related_name="similarity_reports")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    total = models.PositiveIntegerField(default=0, help_text="Submissions to read.")
    done = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"similarity of {self.assignment_id}"


class SimilarPair(models.Model):
    """Two trainees' answers to one question that have more in common than the release explains."""

    report = models.ForeignKey(SimilarityReport, on_delete=models.CASCADE, related_name="pairs")
    grade_id = models.CharField(max_length=80)
    left = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField(help_text="Common fingerprints of the smaller answer.")
    fingerprints = models.PositiveIntegerField(help_text="How many they have in common.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "grade_id", "left", "right"],
                name="similar_pair_once",
                violation_error_message=_("This pair is in the report already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.grade_id}: {self.percent} %"
