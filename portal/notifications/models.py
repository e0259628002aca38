"""Notices: short messages to one person, shown in the portal."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from . import registry


class Notice(models.Model):
    """A message to one person. `kind` names the sentence; `params` fill it in the reader's language."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"

    @property
    def sentence(self) -> str:
        """What the notice says, in the active language."""
        return registry.sentence(self.kind, self.params)

    @property
    def is_read(self) -> bool:
        """Whether its reader has seen it."""
        return self.read_at is not None
