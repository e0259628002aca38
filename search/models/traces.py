"""What was searched and which hit was opened, so that ranking can be judged by use."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchTrace(models.Model):
    """One search and the first hit opened from it. Holds nobody's name, address or session, and no hour of the day."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    query = models.CharField(max_length=100, help_text="Normalized; long numbers are blotted out.")
    language = models.CharField(max_length=10)
    intent = models.CharField(max_length=20)
    count = models.PositiveIntegerField()
    clicked_key = models.CharField(max_length=160, blank=True, default="")
    clicked_rank = models.PositiveIntegerField(null=True, blank=True)
    searched_date = models.DateField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(clicked_rank__isnull=True, clicked_key="")
                | (models.Q(clicked_rank__isnull=False) & ~models.Q(clicked_key="")),
                name="search_trace_click_is_whole",
                violation_error_message=_("A click names its place and its result."),
            )
        ]

    def __str__(self) -> str:
        return self.query
