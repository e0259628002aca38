"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Preferences and navigation of the reader."""
    return {"preferences": {}, "navigation": []}
