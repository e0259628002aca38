"""Once a week readers hear of what their saved searches newly find."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from search.actions import look_for_news
from search.models import SavedSearch
from search.narrowing import address_of
from search.signals import saved_search_found

from .actions import notify

SAVED_SEARCH = "search.found"


@receiver(saved_search_found, dispatch_uid="notifications.saved_search_found")
def tell(sender: Any, *, saved: SavedSearch, count: int, at: datetime, **rest: Any) -> None:
    """Leave a notice for the reader of the search."""
    url = f"{reverse('search:results')}?{address_of(saved.query, saved.chosen)}"
    notify(user=saved.user, kind=SAVED_SEARCH, params={"query": saved.query, "count": count}, url=url, at=at)


def look(at: datetime) -> None:
    """Ask every saved search again."""
    look_for_news(at=at)
