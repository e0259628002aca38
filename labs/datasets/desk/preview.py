"""What a recipe would do, tried on the first rows of the raw data. Nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labs.datasets.actions.drafting import frozen_document
from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.models import Draft, RawBatch
from labs.datasets.refusals import DeskRefused
from labs.datasets.vault import Vault
from labs.datasets.workshop.tables import as_engine_table, read_tables

SAMPLE_ROWS = 20_000
LARGEST_FILE = 64 << 20
SHOWN_ROWS = 8


@dataclass(frozen=True)
class Preview:
    """The effect on a sample: the report's numbers, what would stop the release, rows before and after."""

    report: dict[str, Any]
    findings: list[dict[str, str]]
    before_names: list[str]
    before: list[tuple[Any, ...]]
    after_names: list[str]
    after: list[tuple[Any, ...]]
    sampled: int


def _population(batch: RawBatch | None, vault: Vault, scratch: Path) -> Table | None:
    if batch is None or batch.is_destroyed:
        return None
    path = scratch / f"population-{batch.file_name}"
    vault.open_copy(batch.path, path, is_sealed=batch.is_encrypted)
    return as_engine_table(read_tables(path, batch.file_format, batch.sha256)[0], batch.sha256)


def preview_of(draft: Draft) -> Preview:
    """The preview of the draft as it is saved. Raises DeskRefused with what the engine says."""
    batch = draft.batch
    if batch.is_destroyed:
        raise DeskRefused("destroyed", date=f"{batch.destroyed_at:%Y-%m-%d}")
    if batch.bytes > LARGEST_FILE or (draft.population is not None and draft.population.bytes > LARGEST_FILE):
        raise DeskRefused(
            "unusable", problem=_("The file is too large for a preview. Build it: the draft stays as it is.")
        )
    document = frozen_document(draft)
    if not document:
        raise DeskRefused("unusable", problem=_("Nothing is treated, so there is nothing to preview."))
    vault = Vault.from_settings()
    with vault.scratch() as scratch:
        path = scratch / batch.file_name
        vault.open_copy(batch.path, path, is_sealed=batch.is_encrypted)
        try:
            table = as_engine_table(read_tables(path, batch.file_format, batch.sha256)[0], batch.sha256)
            sample = Table(table.frame.head(SAMPLE_ROWS), batch.sha256)
            key = vault.dataset_key(draft.dataset.uuid)
            release = build(
                sample, parse_recipe(document), key, population=_population(draft.population, vault, scratch)
            )
        except Refusal as refusal:
            text = refusal.text(chinese=get_language() != "en")
            raise DeskRefused("recipe_wrong", problem=text) from refusal
    findings = [
        {"severity": finding["severity"], "text": finding["message_en" if get_language() == "en" else "message_zh"]}
        for finding in (item.as_json() for item in release.findings)
    ]
    return Preview(
        report=release.report,
        findings=findings,
        before_names=sample.frame.columns,
        before=sample.frame.head(SHOWN_ROWS).rows(),
        after_names=release.frame.columns,
        after=release.frame.head(SHOWN_ROWS).rows(),
        sampled=sample.frame.height,
    )
