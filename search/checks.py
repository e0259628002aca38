"""Checks at start."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _


@register
def search_url_is_an_address(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """SEARCH_URL must name a server; finding out with the first search would be too late."""
    url = settings.PATHS.search_url
    if not url:
        return []
    parts = urlsplit(url)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return []
    return [
        Error(
            _("SEARCH_URL is not the address of an Elasticsearch server."),
            hint=_("Write http://host:9200, or leave it unset to search with the embedded engine."),
            id="search.E001",
        )
    ]
