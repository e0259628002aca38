"""Certifications, the awards of them, and the queue that issues awards."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import Course
from courses.learning.models import CourseCompletion
from courses.partners.models import PartnerProgram
from portal.chains import ChainQuerySet
from portal.queue.models import LeasedRow


def make_token() -> str:
    """Return a random 128-bit token in URL-safe letters; it is all that the verification address reveals."""
    return secrets.token_urlsafe(16)


class Certification(models.Model):
    """What can be certified: who issues it, what earns it and for how long it holds."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(
        _("code"), max_length=20, unique=True, help_text=_("Printed in every number. It cannot be changed later.")
    )
    name = models.CharField(_("name of the certification"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=160, blank=True)
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="certifications", verbose_name=_("course")
    )
    program = models.ForeignKey(
        PartnerProgram,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="certifications",
        verbose_name=_("partner program"),
    )
    issuer = models.CharField(_("issuer"), max_length=120)
    validity_months = models.PositiveSmallIntegerField(
        _("validity in months"), null=True, blank=True, help_text=_("Empty: never expires.")
    )

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")

    def __str__(self) -> str:
        return self.name


class SerialCounter(models.Model):
    """Last serial number given out per certification and year; locked while a number is taken."""

    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certification", "year"],
                name="serial_counter_once",
                violation_error_message=_("This certification has a counter for this year already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.certification_id} {self.year}: {self.last}"


class CertificationAwardQuerySet(ChainQuerySet["CertificationAward"]):
    """Filters over awards."""


class CertificationAward(models.Model):
    """That a person was certified, with its own snapshot of every printed fact. Superseded, never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="awards")
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="awards")
    completion = models.ForeignKey(CourseCompletion, on_delete=models.PROTECT, related_name="awards")
    serial = models.CharField(max_length=40, unique=True)
    token = models.CharField(max_length=32, unique=True, default=make_token)
    awarded_at = models.DateTimeField()
    valid_from_date = models.DateField()
    expires_date = models.DateField(null=True, blank=True, help_text="Last day on which it is valid.")
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects = CertificationAwardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certification", "completion"],
                condition=Q(supersedes__isnull=True),
                name="award_once_per_completion",
                violation_error_message=_("This completion has been certified already."),
            )
        ]

    def __str__(self) -> str:
        return self.serial


class AwardRevocation(models.Model):
    """That an award was revoked: by whom, when, why. Never changed."""

    award = models.OneToOneField(CertificationAward, on_delete=models.PROTECT, related_name="revocation")
    revoked_at = models.DateTimeField()
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"revocation of {self.award_id}"


class AwardDocument(models.Model):
    """The printed certificate (PDF) of an award, in the certificates storage under the award's uuid."""

    award = models.OneToOneField(CertificationAward, on_delete=models.PROTECT, related_name="document")
    path = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.path


class IssueRequest(LeasedRow):
    """A completion that waits for its award and its PDF; written in the completion's transaction."""

    completion = models.OneToOneField(CourseCompletion, on_delete=models.PROTECT, related_name="issue_request")

    class Meta:
        verbose_name = _("issue request")

    def __str__(self) -> str:
        return f"issue for {self.completion_id}"
