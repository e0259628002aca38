"""Loads regions and positions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.organizations.actions import load_positions, load_regions


class Command(BaseCommand):
    """Part of every installation step; may be run again at any time."""

    help = "Loads provinces, cities and counties (GB/T 2260) and the positions that an installation begins with."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        regions, positions = load_regions(by=None, at=at), load_positions(by=None, at=at)
        self.stdout.write(f"regions changed: {regions}, positions added: {positions}")
