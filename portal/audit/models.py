"""Audit events: what was done, by whom, to what. Written once, never changed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One write of consequence. Inserted in the transaction of the write itself."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_label = models.CharField(max_length=150, help_text="Login name at the time, or the process.")
    event = models.CharField(max_length=80, db_index=True, help_text="Code such as `users.role_granted`.")
    target_kind = models.CharField(max_length=60, blank=True, help_text="Model label of the row concerned.")
    target_uuid = models.UUIDField(null=True, blank=True, db_index=True)
    target_label = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event} {self.target_label}"


class AuditSeal(models.Model):
    """The event's place in the hash chain; added in batches by the worker, so that writers never wait in line."""

    seq = models.BigIntegerField(unique=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="seal")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.seq} {self.hash[:12]}"
