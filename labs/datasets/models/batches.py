"""Raw data as it was delivered, and the work of fetching it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .desk_work import DeskWork
from .registry import Dataset


class RawBatch(models.Model):
    """One delivery of raw data: a file that neither hub nor labs can reach, kept until the retention date.

    The row stays when the file is destroyed, so that a version can always say what it was made of.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=300, help_text="The importer, e.g. wheel:…#…, file:…, url:…, upload:…")
    file_name = models.CharField(max_length=200)
    file_format = models.CharField(max_length=12, help_text="csv, xlsx, parquet, json, geojson, inp or pbf.")
    sha256 = models.CharField(max_length=64, help_text="Of the file as delivered, before encryption.")
    bytes = models.PositiveBigIntegerField()
    path = models.CharField(max_length=120, help_text="In the raw storage.")
    is_encrypted = models.BooleanField()
    report_path = models.CharField(
        max_length=120, blank=True, help_text="In the raw storage: what cleaning did and the rows that need a person."
    )
    rows = models.PositiveIntegerField(null=True, blank=True)
    columns = models.JSONField(default=list, help_text="[{name, type}] of the first table.")
    profile = models.JSONField(default=dict, help_text="What the engine's `profile` found.")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    retention_date = models.DateField(help_text="Last day on which the file is kept.")
    destroyed_at = models.DateTimeField(null=True, blank=True)
    destroyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    destroyed_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "number"],
                name="raw_batch_once",
                violation_error_message=_("This dataset has a batch with this number already."),
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True, destroyed_because="")
                | (Q(destroyed_at__isnull=False) & ~Q(destroyed_because="")),
                name="raw_batch_destroyed_with_reason",
                violation_error_message=_("Give the reason for destroying the batch."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} batch {self.number}"

    @property
    def is_destroyed(self) -> bool:
        """Whether the file is gone."""
        return self.destroyed_at is not None

    @property
    def needs_cleaning(self) -> bool:
        """Whether the file was kept although no table could be read from it as it stands."""
        return bool(self.profile.get("needs_cleaning"))

    @property
    def table_name(self) -> str:
        """The name of its first table, under which the dictionary knows its columns."""
        tables = self.profile.get("tables") or [{"name": "data"}]
        return str(tables[0]["name"])


class Import(DeskWork):
    """Fetching one delivery: read it from its source, compare its digest, keep it, profile it."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="imports")
    address = models.CharField(max_length=300)
    expected_sha256 = models.CharField(max_length=64, blank=True, help_text="Pinned digest; empty: none is known.")
    file_name = models.CharField(max_length=120, blank=True, help_text="Name to keep it under; empty: the source's.")
    file_format = models.CharField(max_length=12, blank=True, help_text="Empty: by the file's name.")
    upload_path = models.CharField(max_length=120, blank=True, help_text="In the raw storage, until it is imported.")
    retention_date = models.DateField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    batch = models.ForeignKey(RawBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="imports")

    def __str__(self) -> str:
        return f"import of {self.address}"

    @property
    def is_cleaning(self) -> bool:
        """Whether it cleans a delivery that is there."""
        return self.address.startswith("clean:")
