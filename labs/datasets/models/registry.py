"""The register of datasets."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import get_language, pgettext_lazy

from portal.organizations.models import Organization


class Topic(models.TextChoices):
    """The part of running a city that a dataset tells of."""

    TRAFFIC = "traffic", pgettext_lazy("data desk", "Traffic and parking")
    HEALTH = "health", pgettext_lazy("data desk", "Health")
    EDUCATION = "education", pgettext_lazy("data desk", "Education")
    EMPLOYMENT = "employment", pgettext_lazy("data desk", "Employment")
    SANITATION = "sanitation", pgettext_lazy("data desk", "Sanitation and waste sorting")
    TOILETS = "toilets", pgettext_lazy("data desk", "Public toilets")
    GRID = "grid", pgettext_lazy("data desk", "Grid management")
    COMMUNITY = "community", pgettext_lazy("data desk", "Smart communities")
    TWIN = "twin", pgettext_lazy("data desk", "Digital twins and lifelines")
    SERVICES = "services", pgettext_lazy("data desk", "Government services")
    ENVIRONMENT = "environment", pgettext_lazy("data desk", "Environment")
    ENERGY = "energy", pgettext_lazy("data desk", "New energy")
    OTHER = "other", pgettext_lazy("data desk", "Other")


class Refresh(models.TextChoices):
    """How often the source publishes anew."""

    ONCE = "once", pgettext_lazy("data desk", "Once")
    YEARLY = "yearly", pgettext_lazy("data desk", "Every year")
    QUARTERLY = "quarterly", pgettext_lazy("data desk", "Every quarter")
    MONTHLY = "monthly", pgettext_lazy("data desk", "Every month")
    DAILY = "daily", pgettext_lazy("data desk", "Every day")


class Dataset(models.Model):
    """A dataset: whose it is, where it comes from, on which legal basis and under which license it may be used."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    description = models.TextField()
    description_en = models.TextField(blank=True)
    topic = models.CharField(max_length=20, choices=Topic.choices, default=Topic.OTHER)
    source = models.CharField(max_length=300, help_text="Who published the data, in words.")
    source_url = models.CharField(max_length=300, blank=True)
    license = models.CharField(max_length=120)
    license_url = models.CharField(max_length=300, blank=True)
    attribution = models.CharField(max_length=300, blank=True, help_text="What the license wants said with every use.")
    legal_basis = models.CharField(max_length=300, blank=True)
    refresh = models.CharField(max_length=10, choices=Refresh.choices, default=Refresh.ONCE)
    crs = models.CharField(max_length=40, blank=True, help_text="e.g. WGS-84, GCJ-02, CGCS2000; empty: no places.")
    has_persons = models.BooleanField(default=True, help_text="Whether the raw data tells of natural persons.")
    owner = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="datasets",
        help_text="The unit that is responsible for the data.",
    )
    dictionary = models.JSONField(
        default=dict,
        blank=True,
        help_text="{table/column: {description, description_en}}: kept from delivery to delivery.",
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title

    def title_in(self, language: str) -> str:
        """Return the title for a reader of the language."""
        return (self.title_en if language == "en" else "") or self.title

    @property
    def shown_title(self) -> str:
        """The title in the language of the page."""
        return self.title_in(get_language() or "")
