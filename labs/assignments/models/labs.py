"""Labs and their immutable releases."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import Course
from courses.partners.models import PartnerProgram
from labs.datasets.models import DatasetVersion, RiskReport
from labs.grader.protocol import QuestionKind


class Lab(models.Model):
    """A piece of practice: the thing that lessons and results point at, whatever its releases."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    summary = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="labs")
    program = models.ForeignKey(PartnerProgram, null=True, blank=True, on_delete=models.PROTECT, related_name="labs")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class LabRelease(models.Model):
    """A version of a lab named by its content: source, trainee's notebook, files, environment and data. Never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField()
    content_sha256 = models.CharField(max_length=64)
    environment_digest = models.CharField(max_length=64)
    source_path = models.CharField(
        max_length=120, help_text="In the releases storage; holds solutions and hidden tests."
    )
    notebook_path = models.CharField(max_length=120, help_text="In the releases storage; what a trainee gets.")
    files = models.JSONField(default=list, help_text="[{name, path, sha256, bytes}] beside the notebook.")
    variant = models.JSONField(
        null=True, blank=True, help_text="Files that differ from trainee to trainee, as the notebook declares them."
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lab", "number"],
                name="release_number_once",
                violation_error_message=_("This lab has a release with this number already."),
            ),
            models.UniqueConstraint(
                fields=["lab", "content_sha256"],
                name="release_content_once",
                violation_error_message=_("This content has been published already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lab_id} v{self.number}"


class LabReleaseData(models.Model):
    """A dataset version that a release reads, with the risk report that allowed it when the release was published.

    The database holds the pair to a passport: a report about another version cannot be named. Rows from before there
    were reports have none.
    """

    release = models.ForeignKey(LabRelease, on_delete=models.PROTECT, related_name="data")
    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="used_by")
    risk_report = models.ForeignKey(RiskReport, null=True, blank=True, on_delete=models.PROTECT, related_name="used_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "version"],
                name="release_data_once",
                violation_error_message=_("The release reads this dataset version already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.release_id} reads {self.version_id}"


class LabQuestion(models.Model):
    """A graded question of a release. `max_score` in hundredths."""

    release = models.ForeignKey(LabRelease, on_delete=models.PROTECT, related_name="questions")
    grade_id = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in QuestionKind])
    max_score = models.PositiveIntegerField()
    order = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "grade_id"],
                name="question_once",
                violation_error_message=_("Another question of this release has this identifier."),
            )
        ]

    def __str__(self) -> str:
        return self.grade_id


class LabRetirement(models.Model):
    """That a lab, or one release of it, is put before no run any more; `ended_at` once it is again."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="retirements")
    release = models.ForeignKey(
        LabRelease, null=True, blank=True, on_delete=models.PROTECT, related_name="retirements", help_text="Empty: all."
    )
    reason = models.CharField(max_length=200)
    retired_at = models.DateTimeField()
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lab"],
                condition=Q(release__isnull=True, ended_at__isnull=True),
                name="lab_retired_once",
                violation_error_message=_("The lab is retired already."),
            ),
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(release__isnull=False, ended_at__isnull=True),
                name="release_retired_once",
                violation_error_message=_("The release is retired already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lab_id} {self.release_id or ''}".strip()
