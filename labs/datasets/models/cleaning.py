"""How the deliveries of a dataset are cleaned: a plan of steps, kept with the dataset and replayed on the next one."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Dataset


class CleaningPlan(models.Model):
    """One state of a dataset's plan. A change is a new row with the next number; never changed itself."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="cleaning_plans")
    number = models.PositiveIntegerField()
    document = models.JSONField(help_text="docs/reference/cleaning.schema.json")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "number"],
                name="cleaning_plan_number_once",
                violation_error_message=_("This dataset has a cleaning plan with this number already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} cleaning plan {self.number}"
