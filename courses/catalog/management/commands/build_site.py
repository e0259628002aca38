"""Makes the site of an installation without demo data."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from courses.catalog.skeleton import build_skeleton


class Command(BaseCommand):
    """Part of the installation with DEMO=0; may be run again at any time."""

    help = "Makes front page, catalog, knowledge, help, about and privacy in both languages, where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        site = build_skeleton()
        self.stdout.write(f"site: {', '.join(site.homes)}")
