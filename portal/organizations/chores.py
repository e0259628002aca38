"""What happens to posts by date."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.queue.registry import Chore, register_chore

from .actions.roles import follow_posts_that_began
from .actions.transfers import expire_transfers


def register_chores() -> None:
    """This will let the worker do both."""
    register_chore(Chore("organizations.follow_posts", timedelta(minutes=5), follow_posts_that_began))
    register_chore(Chore("organizations.expire_transfers", timedelta(hours=6), _expire))


def _expire(at: datetime) -> None:
    expire_transfers(at)
