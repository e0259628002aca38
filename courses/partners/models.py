"""Partner universities and the programmes under which they author, teach and sign."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from portal.organizations.models import Organization


class Partner(models.Model):
    """A university (or other body) that builds courses and labs with the province."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="partner")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    introduction = models.TextField(blank=True)
    introduction_en = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class PartnerProgramQuerySet(models.QuerySet["PartnerProgram"]):
    """Filters over programmes."""

    def in_force(self, on: date) -> PartnerProgramQuerySet:
        """Programmes that run on the given local day."""
        return self.filter(Q(end_date__isnull=True) | Q(end_date__gte=on), start_date__lte=on)


class PartnerProgram(models.Model):
    """An agreement with a partner: its instructors' rights hang on it and end with it; its signatory signs certificates."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="programs")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    signatory_name = models.CharField(max_length=80)
    signatory_title = models.CharField(max_length=120)

    objects = PartnerProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")), name="program_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name
