"""Search entries: one row per thing that can be found, and the outbox that keeps the index in step."""

from __future__ import annotations

import uuid

from django.db import models


class SearchEntry(models.Model):
    """What can be found: the text as indexed and who may find it. Written with the change of its source."""

    key = models.CharField(max_length=120, unique=True, help_text="kind:uuid:language")
    kind = models.CharField(max_length=20, db_index=True)
    source_uuid = models.UUIDField()
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    parent_title = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300)
    audience = models.CharField(
        max_length=80,
        default="public",
        help_text="public · authenticated · a `role:…` or `run:<uuid>` token that the reader must hold.",
    )
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class IndexChange(models.Model):
    """Outbox: an entry key that the index must look at again. Deleted once the index has it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=120, db_index=True)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
