"""What a trainee sent: bytes, receipt, digest and the server's time."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.learning.models import Enrollment
from labs.assignments.models import LabAssignment, LabRelease


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
    variant_seed = models.CharField(
        max_length=32, null=True, blank=True, help_text="Which variant of the data it was made on."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "user", "attempt"],
                condition=Q(purpose="submit"),
                name="submission_attempt_once",
                violation_error_message=_("This attempt has been submitted already."),
            ),
            models.UniqueConstraint(
                fields=["assignment", "user", "purpose", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="submission_idempotent",
                violation_error_message=_("This submission has been received already."),
            ),
            models.CheckConstraint(
                condition=Q(purpose="check", attempt__isnull=True, receipt__isnull=True)
                | Q(purpose="submit", attempt__isnull=False, receipt__isnull=False),
                name="submission_attempt_has_receipt",
                violation_error_message=_("A submission needs an attempt and a receipt; a check has neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.receipt or str(self.uuid)
