"""The signed risk report, the passport that it gives to a version, and the withdrawal that ends it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .drafts import Build, Draft
from .states import ReleaseClass, Statement
from .versions import DatasetVersion


class RiskReport(models.Model):
    """What a release gives away about people, in numbers and in words, signed by the steward and by somebody else.

    Frozen once it is approved. A build that is assessed anew gets a new report.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="reports")
    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="reports")
    release_class = models.CharField(max_length=10, choices=ReleaseClass.choices)
    statement = models.CharField(max_length=16, choices=Statement.choices)
    reason = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    numbers = models.JSONField(help_text="RISK.json of the release.")
    output_sha256 = models.CharField(max_length=64, help_text="Digest of the files that the report is about.")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approval_note = models.TextField(blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="Last day on which labs may rest on it.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, valid_until__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False, valid_until__isnull=False),
                name="report_approval_whole",
                violation_error_message=_("An approval needs the person, the time and the last day of validity."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="report_two_people",
                violation_error_message=_("Whoever made the report cannot approve it. Ask somebody else."),
            ),
        ]

    def __str__(self) -> str:
        return f"report on draft {self.draft_id}"

    @property
    def is_approved(self) -> bool:
        """Whether the second person has signed."""
        return self.approved_by_id is not None


class FindingAnswer(models.Model):
    """What the officer wrote of one finding before signing the report: looked at, and why it may stay. Never changed."""

    report = models.ForeignKey(RiskReport, on_delete=models.PROTECT, related_name="answers")
    place = models.PositiveSmallIntegerField(help_text="0: the release as a whole; from 1 on: the report's findings.")
    check_name = models.CharField(max_length=40, help_text="Check of the engine; `whole` for the release as a whole.")
    column = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "place"],
                name="finding_answered_once",
                violation_error_message=_("This finding is answered already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="finding_answered_with_reason",
                violation_error_message=_("Say what you saw and why it may stay."),
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.place} on report {self.report_id}"


class Passport(models.Model):
    """An approved report that covers a version: labs may use the version while one of its passports is in force.

    A report that is renewed before it expires gives the same version another passport. Never changed.
    """

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="passports")
    report = models.ForeignKey(RiskReport, on_delete=models.PROTECT, related_name="passports")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "report"],
                name="passport_once",
                violation_error_message=_("This version has this data sheet already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} by {self.report_id}"


class Withdrawal(models.Model):
    """The end of a version: its files leave every lab, its page stays as a tombstone. Never changed."""

    version = models.OneToOneField(DatasetVersion, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    reason_en = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.version_id} withdrawn"
