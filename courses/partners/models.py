"""Partner universities and the programs under which they author, teach and sign."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.constraints import ConstraintsAtFields
from portal.organizations.models import Organization

from .pages import PartnerPage

__all__ = ["Partner", "PartnerPage", "PartnerProgram"]


class Partner(models.Model):
    """A university (or other body) that builds courses and labs with the province."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="partner", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    introduction_en = models.TextField(_("introduction in English"), blank=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name


class PartnerProgramQuerySet(models.QuerySet["PartnerProgram"]):
    """Filters over programs."""

    def in_force(self, on: date) -> PartnerProgramQuerySet:
        """Return programs that run on the given local day."""
        return self.filter(Q(end_date__isnull=True) | Q(end_date__gte=on), start_date__lte=on)


class PartnerProgram(ConstraintsAtFields):
    """An agreement with a partner: its instructors' rights hang on it and end with it; its signatory signs certificates."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="programs", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    start_date = models.DateField(_("first day"))
    end_date = models.DateField(_("last day"), null=True, blank=True)
    signatory_name = models.CharField(_("signatory"), max_length=80)
    signatory_title = models.CharField(_("post of the signatory"), max_length=120)

    objects = PartnerProgramQuerySet.as_manager()
    constraint_fields = {"program_ends_after_start": "end_date"}

    class Meta:
        verbose_name = _("partner program")
        verbose_name_plural = _("partner programs")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="program_ends_after_start",
                violation_error_message=_("The last day must not lie before the first day."),
            )
        ]

    def __str__(self) -> str:
        return self.name
