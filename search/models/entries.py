"""Search entries: one row per thing that can be found, and the outbox that keeps the index in step."""

from __future__ import annotations

import uuid

from django.db import models


class SearchEntry(models.Model):
    """What can be found: the text as indexed and who may find it. Written with the change of its source."""

    key = models.CharField(max_length=160, unique=True, help_text="kind:uuid:language")
    kind = models.CharField(max_length=20, db_index=True)
    source_uuid = models.UUIDField()
    source_id = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_index=True,
        help_text="The importer's id, by which outside judgements name the entry.",
    )
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    parent_key = models.CharField(
        max_length=160, blank=True, default="", db_index=True, help_text="A clause's policy, a lesson's course."
    )
    parent_title = models.CharField(max_length=300, blank=True)
    anchor = models.CharField(max_length=80, blank=True, default="", help_text="Where in the parent's page: art-27.")
    path = models.CharField(max_length=500, blank=True, default="", help_text="Headings above a clause.")
    aliases = models.TextField(blank=True, default="", help_text="Short titles, one per line.")
    number = models.CharField(max_length=80, blank=True, default="", help_text="文号 or number of a standard.")
    level = models.CharField(
        max_length=40, blank=True, default="", help_text="法律 · 行政法规 · …, as in `search.kinds`."
    )
    region = models.CharField(
        max_length=12, blank=True, default="", help_text="GB/T 2260 code; empty: the whole country."
    )
    issuer = models.CharField(max_length=160, blank=True, default="")
    theme = models.CharField(max_length=80, blank=True, default="")
    status = models.CharField(
        max_length=20, blank=True, default="", help_text="in_force · amended · repealed · not_yet"
    )
    dated = models.DateField(null=True, blank=True)
    url = models.CharField(max_length=400)
    audience = models.CharField(
        max_length=80,
        default="public",
        help_text="public · authenticated · a `role:…` or `run:<uuid>` token that the reader must hold.",
    )
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class IndexChange(models.Model):
    """Outbox: an entry key that the index must look at again. Deleted once the index has it.

    While a rebuild runs, a change that the old index has already is kept, marked, for the new index.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=160, db_index=True)
    is_applied = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
