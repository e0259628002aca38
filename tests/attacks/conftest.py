"""Attacks on the running system use the same browser as the journeys."""

from tests.running import browser, installation, new_context, page, sign_in

__all__ = ["browser", "installation", "new_context", "page", "sign_in"]
