"""Imports and releases the datasets that every installation begins with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from labs.datasets.actions import release_dataset
from labs.datasets.models import DatasetVersion
from labs.datasets.queries import problems_of_version
from labs.datasets.sources import SOURCES
from labs.datasets.tables import WrongTable
from labs.datasets.wheels import ImportProblem, read_member


class Command(BaseCommand):
    """Idempotent: what is released and whole is left alone."""

    help = "Imports real city data and releases it for labs (safe to repeat)."

    def handle(self, *args: Any, **options: Any) -> None:
        paths = settings.PATHS
        for source in SOURCES:
            present = DatasetVersion.objects.filter(dataset__code=source.code, number=1).first()
            if present and not problems_of_version(present, paths.datasets):
                self.stdout.write(f"{source.code}/1: {present.rows} rows, unchanged")
                continue
            self.stdout.write(f"{source.code}: {source.address} …")
            try:
                content = read_member(source.address, sha256=source.sha256, kept_in=paths.raw / "wheels")
                version, _ = release_dataset(
                    source=source, content=content, root=paths.datasets, by=None, at=timezone.now()
                )
            except (ImportProblem, WrongTable) as problem:
                raise CommandError(str(problem)) from problem
            if problems := problems_of_version(version, paths.datasets):
                raise CommandError("\n".join(problems))
            self.stdout.write(f"{source.code}/1: {version.rows} rows, sha256 {version.sha256}")
