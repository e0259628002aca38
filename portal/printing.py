"""What pages on paper share: whoever prints one reaches nothing outside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weasyprint.urls import URLFetcher


class NothingFetched(URLFetcher):
    """Refuses every address: a page on paper holds what it was given, and the server asks nobody for more."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Raise ValueError."""
        raise ValueError(f"a page on paper fetches nothing: {url[:100]}")
