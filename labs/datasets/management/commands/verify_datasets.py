"""Compares released data on disk with its record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from labs.datasets.models import DatasetVersion
from labs.datasets.queries import problems_of_version


class Command(BaseCommand):
    """Fails when a file is missing, changed, unknown or has other rights than released ones have."""

    help = "Compares every released dataset file with its recorded digest."

    def handle(self, *args: Any, **options: Any) -> None:
        versions = list(DatasetVersion.objects.select_related("dataset").order_by("dataset__code", "number"))
        problems = [line for version in versions for line in problems_of_version(version, settings.PATHS.datasets)]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(versions)} dataset version(s) verified")
