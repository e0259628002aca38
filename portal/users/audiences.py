"""Audiences of the search that follow from roles."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from .models import User
from .rights import roles_of


def roles_of_reader(user: User) -> Iterable[str]:
    """`role:…` tokens of the roles held today."""
    return [f"role:{role}" for role in sorted(roles_of(user, timezone.localdate()))]
