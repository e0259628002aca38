"""What happens to pages by date."""

from __future__ import annotations

from datetime import datetime

from django.core.management import call_command


def publish_scheduled(at: datetime) -> None:
    """Publish and expire the pages whose time has come."""
    call_command("publish_scheduled", verbosity=0)
