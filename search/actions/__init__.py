"""Writes of the search."""

from search.actions.entries import drop_entries, drop_entry, put_entries, put_entry
from search.actions.indexing import index_changes, rebuild_index, refresh_entries

__all__ = [
    "drop_entries",
    "drop_entry",
    "index_changes",
    "put_entries",
    "put_entry",
    "rebuild_index",
    "refresh_entries",
]
