"""What the queue needs at start: the search, which knows no worker, gets its place in the lane `index`."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.signals import post_save

from search.actions import index_changes
from search.indexing import installed_engine

from . import busy, procrastinate_jobs  # noqa: F401  (busy limits how long a connection waits for locks)
from .processes import forget_gone
from .registry import Chore, Drain, register_chore, register_drain

register_drain(Drain("search index", "index", lambda: index_changes(installed_engine()) > 0))
register_chore(Chore("queue.gone processes", timedelta(days=1), forget_gone))
if procrastinate_jobs.is_installed():
    # PostgreSQL announces what is queued.
    post_save.connect(procrastinate_jobs.announce_saved, dispatch_uid="queue.announce_saved")
    register_chore(Chore("queue.lost jobs", timedelta(hours=1), procrastinate_jobs.forget_lost_jobs))
