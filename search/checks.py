"""Checks at start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _


@register
def engine_is_available(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """SEARCH_URL asks for an engine that this version does not have; saying so is better than searching elsewhere."""
    if not settings.PATHS.search_url:
        return []
    return [
        Error(
            _("SEARCH_URL is set, but this version searches with the embedded engine only."),
            hint=_("Unset SEARCH_URL. Elasticsearch comes with a later version."),
            id="search.E001",
        )
    ]
