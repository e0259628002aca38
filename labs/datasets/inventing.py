"""Where a synthetic twin comes from: a released version, named `twin:<code>/<number>`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from .models import DatasetVersion, Import
from .progressing import Watched
from .queries import folder_of
from .sources.problems import ImportProblem
from .vault import Vault

PREFIX = "twin:"
TABLE = "data.csv"


def twin_address(version: DatasetVersion) -> str:
    """Return the address of the twin of a version."""
    return f"{PREFIX}{version}"


def twins_of(version: DatasetVersion) -> list[DatasetVersion]:
    """Released twins of the version that are not withdrawn."""
    found = DatasetVersion.objects.filter(importer=twin_address(version), withdrawal__isnull=True)
    return list(found.select_related("dataset").order_by("pk"))


def original_of(address: str) -> DatasetVersion | None:
    """Return the version that a twin's address names, or None where it is gone or withdrawn,
    or the address is no twin's."""
    kind, _, rest = address.partition(":")
    code, _, number = rest.rpartition("/")
    if f"{kind}:" != PREFIX or not (number.isascii() and number.isdigit()):
        return None
    found = DatasetVersion.objects.filter(dataset__code=code, number=int(number), withdrawal__isnull=True)
    return found.select_related("dataset").first()


def invent(row: Import, scratch: Path, vault: Vault, watched: Watched) -> tuple[Path, dict[str, Any]]:
    """Return the invented table and its scores. Raises ImportProblem, WorkRefused, WorkCancelled and OSError."""
    original = original_of(row.address)
    table = folder_of(original, settings.PATHS.datasets) / TABLE if original else None
    if table is None or not table.is_file():
        raise ImportProblem(
            f"{row.address.removeprefix(PREFIX)} 已撤回或没有表格，不能制作合成孪生。",
            f"{row.address.removeprefix(PREFIX)} was withdrawn or holds no table, so it cannot get a synthetic twin.",
        )
    path = scratch / row.file_name
    key = vault.dataset_key(row.dataset.uuid).hex()
    answer = watched.run({"work": "twin", "path": str(table), "target": str(path), "key": key})
    return path, answer["report"]
