"""Django configuration of this app."""

from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class QueueConfig(AppConfig):
    """Rows as queue: leases, worker lanes, schedule."""

    name = "portal.queue"
    verbose_name = _("Queue")

    def ready(self) -> None:
        """Give the search, which knows no worker, its place in the lane `index`; on PostgreSQL announce what is queued."""
        from portal.queue import busy, waking  # noqa: F401  (busy limits how long a connection waits for locks)
        from portal.queue.processes import forget_gone
        from portal.queue.registry import Chore, Drain, register_chore, register_drain
        from search.actions import index_changes
        from search.indexing import installed_engine

        register_drain(Drain("search index", "index", lambda: index_changes(installed_engine()) > 0))
        register_chore(Chore("queue.gone processes", timedelta(days=1), forget_gone))
        if waking.is_installed():
            post_save.connect(waking.announce_saved, dispatch_uid="queue.announce_saved")
            register_chore(Chore("queue.lost jobs", timedelta(hours=1), waking.forget_lost_jobs))
