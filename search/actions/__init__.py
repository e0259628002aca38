"""Writes of the search."""

from search.actions.entries import drop_entries, drop_entry, put_entries
from search.actions.indexing import index_changes, rebuild_index, refresh_entries
from search.actions.saving import TooManySaved, forget_search, look_for_news, save_search, set_digest
from search.actions.tracing import record_trace

__all__ = [
    "TooManySaved",
    "drop_entries",
    "drop_entry",
    "forget_search",
    "index_changes",
    "look_for_news",
    "put_entries",
    "rebuild_index",
    "record_trace",
    "refresh_entries",
    "save_search",
    "set_digest",
]
