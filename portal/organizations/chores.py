"""What happens to posts by date."""

from __future__ import annotations

from datetime import timedelta

from portal.queue.registry import Chore, register_chore

from .actions.roles import follow_posts_that_began


def register_chores() -> None:
    """This will let the worker do it."""
    register_chore(Chore("organizations.follow_posts", timedelta(minutes=5), follow_posts_that_began))
