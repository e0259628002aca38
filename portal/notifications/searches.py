"""Once a week readers hear of what their saved searches newly find."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.queue.registry import Chore, register_chore
from search.actions import look_for_news
from search.models import SavedSearch
from search.narrowing import address_of
from search.signals import saved_search_found

from .actions import notify
from .registry import register_notice

SAVED_SEARCH = "search.found"

register_notice(SAVED_SEARCH, _("Your saved search “%(query)s” finds %(count)s new results."))


@receiver(saved_search_found, dispatch_uid="notifications.saved_search_found")
def tell(sender: Any, *, saved: SavedSearch, count: int, at: datetime, **rest: Any) -> None:
    """This will leave a notice for the reader of the search."""
    url = f"{reverse('search:results')}?{address_of(saved.query, saved.chosen)}"
    notify(user=saved.user, kind=SAVED_SEARCH, params={"query": saved.query, "count": count}, url=url, at=at)


def look(at: datetime) -> None:
    """This will ask every saved search again."""
    look_for_news(at=at)


register_chore(Chore("search.digest", timedelta(days=7), look))
