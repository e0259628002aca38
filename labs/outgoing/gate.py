"""The gate before submitted notebooks: they hold what their cells printed, as any file from a lab may."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from portal.users.models import User

from .actions import check_outgoing
from .models import Route


def held_at(user: User, name: str, content: bytes, at: datetime) -> str:
    """Return the page of the held file, where its owner reads why and may ask; nothing when the file may leave."""
    file = check_outgoing(user=user, name=name, content=content, route=Route.DOWNLOAD, at=at)
    decision = getattr(file, "decision", None)
    is_free = file.passed or (decision is not None and decision.granted)
    return "" if is_free else reverse("outgoing:file", args=[file.uuid])
