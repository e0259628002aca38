"""Registers the hub with the portal's OpenID provider."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.users.actions.hub_client import ensure_hub_client


class Command(BaseCommand):
    """Part of every installation step; may be run again at any time."""

    help = "Registers JupyterHub as the OpenID client `jupyterhub`, with the secret and address of this installation."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = ensure_hub_client(
            secret=settings.HUB_CLIENT_SECRET, hub_url=settings.HUB_URL, by=None, at=timezone.now()
        )
        self.stdout.write("hub client registered" if changed else "hub client unchanged")
