"""Django's cache in the database, which says when it could not take a place because the database was busy."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import router

from .busy import BusyWatch


class TruthfulDatabaseCache(DatabaseCache):
    """Django answers False to `add` both when the key is there and when nothing could be written.

    Limits are rows that `add` takes (portal.users.limits): a locked database then looked as if all places were spent,
    and people with the right password were told that they had tried too often.
    """

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store the value where there is none. Raises OperationalError when the database was busy."""
        with BusyWatch(router.db_for_write(self.cache_model_class) or "default") as watch:
            added = bool(super().add(key, value, timeout, version))
        if not added and watch.error is not None:
            raise watch.error
        return added
