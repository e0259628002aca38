"""Django configuration of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QueueConfig(AppConfig):
    """Rows as queue: leases, worker lanes, schedule."""

    name = "portal.queue"
    verbose_name = _("Queue")

    def ready(self) -> None:
        """Give the search, which lies below the portal and knows no worker, its place in the lane `index`."""
        from portal.queue.registry import Drain, register_drain
        from search.actions import index_changes
        from search.indexing import installed_engine

        register_drain(Drain("search index", "index", lambda: index_changes(installed_engine()) > 0))
