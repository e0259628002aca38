"""A unit asks for a dataset, and its owner answers. Both are written once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .access import AccessGrant
from .registry import Dataset


class DataRequest(models.Model):
    """Somebody who speaks for a unit asks for a dataset: what for, for which work, and for how long."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="requests")
    receiver_kind = models.CharField(max_length=20)
    receiver_uuid = models.UUIDField()
    purpose = models.CharField(max_length=200)
    work = models.CharField(max_length=300, help_text="The work it is for: a project, a course, an order.")
    start_date = models.DateField()
    end_date = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")),
                name="data_request_ends_after_start",
                violation_error_message=_("The last day must not lie before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(work=""),
                name="data_request_with_purpose",
                violation_error_message=_("Say what for, and for which work."),
            ),
        ]

    def __str__(self) -> str:
        return self.purpose


class RequestDecision(models.Model):
    """What the owner of a dataset answered; a yes names the grant that followed."""

    request = models.OneToOneField(DataRequest, on_delete=models.PROTECT, related_name="decision")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    grant = models.OneToOneField(
        AccessGrant,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="request_decision",
        help_text="Empty: refused.",
    )
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="request_decision_with_reason",
                violation_error_message=_("Give the reason: who asked reads it."),
            ),
            models.CheckConstraint(
                condition=~Q(by=F("asked_by")),
                name="request_decision_by_another",
                violation_error_message=_("Nobody decides on a request of one's own."),
            ),
        ]

    def __str__(self) -> str:
        return f"decision on {self.request_id}"
