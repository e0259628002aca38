"""Journeys walk through the running system as its people do, in a real browser."""

from tests.running import browser, installation, new_context, page, sign_in

__all__ = ["browser", "installation", "new_context", "page", "sign_in"]
