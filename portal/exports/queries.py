"""Reads of exports: everybody's own, nobody else's."""

from __future__ import annotations

import hashlib
from datetime import date

from django.db.models import QuerySet

from portal.users.models import User

from .models import OPEN, Export
from .registry import ExportKind


def access_exports_for(user: User) -> QuerySet[Export]:
    """Return exports that the user asked for, the newest first."""
    return Export.objects.filter(user=user).order_by("-pk")


def waiting_before(export: Export) -> int:
    """Return how many files of anybody are made first."""
    return Export.objects.filter(status__in=OPEN, pk__lt=export.pk).count()


def reach_digest(kind: ExportKind, user: User, on: date) -> str:
    """Return a short form of the person's right; empty when there is none."""
    right = kind.reach(user, on)
    return hashlib.sha256(right.encode()).hexdigest() if right else ""
