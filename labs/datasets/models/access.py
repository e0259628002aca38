"""Who may use which version, and every time that one was put before somebody."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .versions import DatasetVersion


class AccessGrantQuerySet(models.QuerySet["AccessGrant"]):
    """Filters over grants."""

    def in_force(self, on: date) -> AccessGrantQuerySet:
        """Grants that count on the local day."""
        return self.filter(Q(end_date__isnull=True) | Q(end_date__gte=on), start_date__lte=on, revoked_at__isnull=True)


class AccessGrant(models.Model):
    """A version for whoever the receiver reaches, such as the people of a unit; for a purpose and a time."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="access_grants")
    receiver_kind = models.CharField(max_length=20, help_text="A kind of labs/datasets/receivers.py.")
    receiver_uuid = models.UUIDField(help_text="The row of that kind.")
    purpose = models.CharField(max_length=200)
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_because = models.CharField(max_length=200, blank=True)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(receiver_kind=""),
                name="data_grant_with_receiver",
                violation_error_message=_("Say who may use the data."),
            ),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="data_grant_ends_after_start",
                violation_error_message=_("The last day must not lie before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_because="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_because="")),
                name="data_grant_revoked_with_reason",
                violation_error_message=_("Give the reason for ending the grant."),
            ),
        ]
        indexes = [models.Index(fields=["receiver_kind", "receiver_uuid"], name="data_grant_of_receiver")]

    def __str__(self) -> str:
        return f"{self.version_id} for {self.purpose}"


class MountEvent(models.TextChoices):
    """What happened to a version in front of a lab."""

    MOUNTED = "mounted", pgettext_lazy("data desk", "Put into the lab")
    TAKEN_AWAY = "taken_away", pgettext_lazy("data desk", "Taken away")


class MountLog(models.Model):
    """A version was put before a person's lab or the grader of a lab's release, or taken away. Never changed."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="mounts")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose lab; empty: the grader's sandbox.",
    )
    release_uuid = models.UUIDField(null=True, blank=True, help_text="The lab's release that is graded.")
    event = models.CharField(max_length=12, choices=MountEvent.choices)
    because = models.CharField(max_length=120, help_text="grant:<uuid>, assignment:<uuid>, withdrawn, expired, ended.")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["version", "at"], name="mounts_of_version")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(release_uuid__isnull=False),
                name="mount_somewhere",
                violation_error_message=_("A mount names a person or a lab release."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.event}"
