"""Exports that take longer than a page: asked for, made by the worker, kept for a few days, removed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.queue.models import LeasedRow, WorkStatus

OPEN = (WorkStatus.QUEUED.value, WorkStatus.RUNNING.value)


class Export(LeasedRow):
    """One file for one person. The row stays when the file is gone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True)
    params_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reach = models.CharField(max_length=64, blank=True, help_text="Digest of the right under which the file was made.")
    file = models.CharField(max_length=60, blank=True, help_text="Name in the storage `exports`.")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "params_sha256"],
                condition=Q(status__in=["queued", "running"]),
                name="export_one_open_of_the_same",
                violation_error_message=_("This file is being made for you already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being made."""
        return self.status in OPEN

    @property
    def is_ready(self) -> bool:
        """Whether there is a file."""
        return bool(self.file) and self.removed_at is None

    @property
    def percent(self) -> int:
        """How far it has come."""
        return min(100, 100 * self.done // self.total) if self.total else 0
