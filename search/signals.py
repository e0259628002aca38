"""What the search tells apps above it."""

from __future__ import annotations

from django.dispatch import Signal

saved_search_found = Signal()
"""Sent inside the transaction when a saved search has new hits: `saved`, `count`, `at`. Receivers only write rows."""
