"""Raw data opened in the page's own process: small files only, and no copy is left behind."""

from __future__ import annotations

from labs.datasets.deidentification.reading import Table
from labs.datasets.models import RawBatch
from labs.datasets.refusals import DeskRefused
from labs.datasets.vault import Vault
from labs.datasets.workshop.tables import as_engine_table, read_tables

LARGEST_FILE = 64 << 20


def is_small(*batches: RawBatch | None) -> bool:
    """Return whether a page can open them all while somebody waits."""
    return sum(batch.bytes for batch in batches if batch is not None) <= LARGEST_FILE


def table_of(batch: RawBatch) -> Table:
    """Return the first table of a delivery. Raises DeskRefused when it was destroyed,
    Refusal when it cannot be read."""
    if batch.is_destroyed:
        raise DeskRefused("destroyed", date=f"{batch.destroyed_at:%Y-%m-%d}")
    vault = Vault.from_settings()
    with vault.scratch() as scratch:
        path = scratch / batch.file_name
        vault.open_copy(batch.path, path, is_sealed=batch.is_encrypted)
        return as_engine_table(read_tables(path, batch.file_format, batch.sha256)[0], batch.sha256)
