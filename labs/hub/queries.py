"""How the hub is."""

from __future__ import annotations

from django.core.cache import cache

from .client import Hub, HubClient

REMEMBERED_S = 5


def hub_is_up(hub: Hub | None = None) -> bool:
    """Whether the hub answers, asked at most every few seconds so that its absence never slows the pages."""
    known = cache.get("hub-is-up")
    if known is None:
        known = (hub or HubClient.from_settings()).is_up()
        cache.set("hub-is-up", known, REMEMBERED_S)
    return bool(known)
