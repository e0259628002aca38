"""Enrollments, progress verified by the server, completions and the ledger of learning hours."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import Course, CourseRun, Lesson

from .rules import rule_name


class EnrollmentStatus(models.TextChoices):
    """Where an enrollment stands."""

    ACTIVE = "active", _("Learning")
    COMPLETED = "completed", _("Completed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    """Filters over places."""

    def present(self) -> EnrollmentQuerySet:
        """Places that nobody gave up."""
        return self.exclude(status=EnrollmentStatus.WITHDRAWN)


class Enrollment(models.Model):
    """A person's place in a run."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrollments")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=10, choices=EnrollmentStatus.choices, default=EnrollmentStatus.ACTIVE)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    last_lesson = models.ForeignKey(Lesson, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_block = models.UUIDField(null=True, blank=True, help_text="Block at which the learner stopped.")
    last_active_at = models.DateTimeField(null=True, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "run"],
                condition=~Q(status="withdrawn"),
                name="enrollment_once_while_not_withdrawn",
                violation_error_message=_("This person is enrolled in this run already."),
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="enrollment_withdrawn_has_instant",
                violation_error_message=_("A withdrawn enrollment says when it was withdrawn."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.run_id}"

    @staticmethod
    def present_at(path: str) -> Q:
        """Condition on rows from which `path` leads to a place: that nobody gave it up."""
        return ~Q(**{f"{path}__status": EnrollmentStatus.WITHDRAWN})


class LessonProgress(models.Model):
    """How far a learner is in one lesson. Seconds are counted by the server between beats of an open page, capped."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="progress")
    started_at = models.DateTimeField()
    last_beat_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)
    is_left = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The page told that it went out of sight: nothing counts until it is back.",
    )
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson"],
                name="progress_once_per_lesson",
                violation_error_message=_("The progress in this lesson is being recorded already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}/{self.lesson_id} {self.seconds}s"


class RunRequirementQuerySet(models.QuerySet["RunRequirement"]):
    """Filters over requirements."""

    def in_force(self) -> RunRequirementQuerySet:
        """Return what the runs ask for now."""
        return self.filter(withdrawn_at__isnull=True)


class RunRequirement(models.Model):
    """Something beyond the lessons that a run asks for, e.g. a passed lab; written by the app that knows it."""

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="requirements")
    kind = models.CharField(max_length=20, help_text="e.g. `lab`.")
    subject_uuid = models.UUIDField(help_text="uuid of the thing to pass, e.g. of a LabAssignment.")
    label = models.CharField(max_length=120)
    url = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="Since when it is asked no longer.")

    objects = RunRequirementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind", "subject_uuid"],
                name="requirement_once",
                violation_error_message=_("This run has this requirement already."),
            )
        ]

    def __str__(self) -> str:
        return self.label


class RequirementMet(models.Model):
    """That a learner met a requirement, with the digests that prove it. Never changed."""

    requirement = models.ForeignKey(RunRequirement, on_delete=models.PROTECT, related_name="met")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="requirements_met")
    met_at = models.DateTimeField()
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "enrollment"],
                name="requirement_met_once",
                violation_error_message=_("This requirement has been met already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} met {self.requirement_id}"


class CourseCompletion(models.Model):
    """That a learner completed a course in a run, and on what evidence. Never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="completion")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="completions")
    completed_at = models.DateTimeField()
    evidence = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"completion of {self.enrollment_id}"


class LearningHours(models.Model):
    """An entry in the ledger of learning hours (学时), in hundredths. Corrected by a reversing entry, never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="learning_hours")
    hours = models.IntegerField(help_text="Hundredths of a learning hour; negative in a reversing entry.")
    category = models.CharField(max_length=20, default="network", help_text="e.g. network 网络自学, lab 实训.")
    year = models.PositiveSmallIntegerField(help_text="Local calendar year in which the hours count.")
    source_kind = models.CharField(max_length=20, help_text="e.g. `completion`.")
    source_uuid = models.UUIDField()
    rule_version = models.CharField(max_length=40)
    evidence = models.JSONField(default=dict)
    credited_at = models.DateTimeField()
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_uuid", "category"],
                condition=Q(reverses__isnull=True),
                name="hours_once_per_source",
                violation_error_message=_("These learning hours have been credited already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.hours / 100:g} {self.year}"

    @property
    def rule_name(self) -> str:
        """What the rule is called by which the hours were credited."""
        return rule_name(self.rule_version)
