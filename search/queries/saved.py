"""Saved searches of a reader."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from search.models import SavedSearch


def access_saved_searches_for(user: Any) -> QuerySet[SavedSearch]:
    """Return the searches that this reader keeps; nobody sees another's."""
    if not user.is_authenticated:
        return SavedSearch.objects.none()
    return SavedSearch.objects.filter(user=user).order_by("-created_at", "-pk")
