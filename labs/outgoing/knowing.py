"""What the scan knows of released versions: digests of their files and fingerprints of their tables, kept on disk."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
from django.conf import settings
from django.utils import timezone

from labs.datasets.models import DatasetVersion
from labs.datasets.passports import usable_versions
from labs.datasets.queries import folder_of

from .scanning.judging import Known
from .scanning.rows import Fingerprints

MADE_AS = "1"
"""Changes with how fingerprints are made: older files are then made anew."""


def key() -> bytes:
    """Return the key of this installation's fingerprints."""
    return hashlib.blake2b(b"outgoing rows", key=settings.SECRET_KEY.encode()[:64], digest_size=32).digest()


def known_of(versions: Iterable[DatasetVersion]) -> list[Known]:
    """Return what is known of the versions; fingerprints are made where they are missing."""
    return [
        Known(str(version), frozenset(file["sha256"] for file in version.files), tuple(_tables(version)))
        for version in versions
    ]


def make_missing(at: datetime) -> None:
    """Make the fingerprints of versions that labs may use, before somebody waits for them."""
    for version in usable_versions(timezone.localdate(at)).select_related("dataset").order_by("pk"):
        _tables(version)


def _tables(version: DatasetVersion) -> list[Fingerprints]:
    found = []
    for file in version.files:
        if file["name"].endswith(".csv"):
            kept = settings.PATHS.raw / "fingerprints" / f"{MADE_AS}-{file['sha256']}.npz"
            if (prints := _kept(kept)) is None:
                source = folder_of(version, settings.PATHS.datasets) / file["name"]
                # A withdrawn version of which none were made: its files lie elsewhere, its digests are known.
                if not source.is_file():
                    continue
                prints = _made(source, kept)
            found.append(prints)
    return found


def _kept(path: Path) -> Fingerprints | None:
    try:
        with np.load(path) as stored:
            rows, sampled = (int(number) for number in stored["counts"])
            return Fingerprints(rows, sampled, stored["whole"], stored["pairs"])
    except (OSError, ValueError, KeyError):
        return None


def _made(source: Path, kept: Path) -> Fingerprints:
    with source.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        next(lines, None)
        prints = Fingerprints.of(list(lines), key())
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = kept.with_suffix(f".{os.getpid()}")
    try:
        with beside.open("wb") as file_out:
            np.savez(file_out, whole=prints.whole, pairs=prints.pairs, counts=[prints.rows, prints.sampled])
        beside.rename(kept)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
    return prints
