"""What the worker does for the data desk: with progress, and cancelled when somebody asks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from portal.queue.models import LeasedRow, WorkStatus


class Outcome(models.TextChoices):
    """How work of the desk ended."""

    DONE = "done", pgettext_lazy("data desk", "Done")
    REFUSED = "refused", pgettext_lazy("data desk", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("data desk", "Cancelled")


class DeskWork(LeasedRow):
    """A leased row that shows how far it is. A refusal is an answer to a person, not a failure of the worker."""

    step = models.CharField(max_length=40, blank=True, help_text="Code of what is being done now.")
    percent = models.PositiveSmallIntegerField(default=0)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    message = models.TextField(blank=True, help_text="Why it was refused, in Chinese.")
    message_en = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in (WorkStatus.QUEUED, WorkStatus.RUNNING)


OPEN_WORK = Q(status__in=(WorkStatus.QUEUED, WorkStatus.RUNNING))
"""Condition on DeskWork: it waits or runs."""
