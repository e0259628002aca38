"""Searches that a reader keeps, to run again and to hear once a week of what is new."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedSearch(models.Model):
    """A query with its narrowing, kept by one reader. `known_keys` is what its first hits were when last looked at."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    query = models.CharField(max_length=100)
    chosen = models.JSONField(default=dict, blank=True, help_text="Facet → the values chosen, as in the address.")
    language = models.CharField(max_length=10)
    has_digest = models.BooleanField(default=True, help_text="Whether the reader hears of new hits once a week.")
    known_keys = models.JSONField(default=list, blank=True)
    address = models.CharField(max_length=64, help_text="sha256 of query, narrowing and language.")
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "address"],
                name="saved_search_once_per_reader",
                violation_error_message=_("You have saved this search already."),
            )
        ]

    def __str__(self) -> str:
        return self.query
