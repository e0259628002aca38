"""Variants of a lab: every trainee works on a sample of their own, drawn from the same released data by a seed.

The notebook's metadata declare them:

    "chengxue": {"variant": {"files": {"parking.csv": {"from": "birmingham-parking/1/data.csv", "rows": 5000}}}}

The file then lies beside the notebook, in the Lab and while grading; tests compute what they expect from it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import BadSource
from .notebooks import Notebook, read_source

MOST_ROWS = 200_000
LARGEST_BYTES = 256 << 20
SEED_LENGTH = 32
TRIALS = ("trial-1", "trial-2", "trial-3")


@dataclass(frozen=True)
class Sample:
    """A file that differs from trainee to trainee: rows drawn from a table of the released data."""

    name: str
    origin: str
    rows: int


def samples_of(source: Notebook) -> list[Sample]:
    """Return what a notebook declares. Raises BadSource."""
    metadata = source.get("metadata")
    own = metadata.get("chengxue") if isinstance(metadata, dict) else None
    declared = own.get("variant") if isinstance(own, dict) else None
    if declared is None:
        return []
    return samples_in(declared)


def samples_in(declared: Any) -> list[Sample]:
    """Read a declaration. Raises BadSource."""
    files = declared.get("files") if isinstance(declared, dict) else None
    if not isinstance(files, dict) or not files:
        raise BadSource("chengxue.variant 应写明 files：文件名、数据来源（from）和行数（rows）。")
    return [_sample(name, entry) for name, entry in sorted(files.items())]


def declaration_of(content: bytes) -> dict[str, Any] | None:
    """Return the declaration of a source notebook as it is kept with a release. Raises BadSource."""
    samples = samples_of(read_source(content))
    files = {sample.name: {"from": sample.origin, "rows": sample.rows} for sample in samples}
    return {"files": files} if files else None


def _sample(name: Any, entry: Any) -> Sample:
    origin = entry.get("from") if isinstance(entry, dict) else None
    rows = entry.get("rows") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not isinstance(origin, str) or type(rows) is not int or not 0 < rows <= MOST_ROWS:
        raise BadSource(f"chengxue.variant 的文件 {name} 应写明 from（已发布的数据文件）和 rows（1 到 {MOST_ROWS}）。")
    for path in (PurePosixPath(name), PurePosixPath(origin)):
        if path.is_absolute() or ".." in path.parts or path.suffix != ".csv" or "\0" in str(path):
            raise BadSource(f"chengxue.variant 的文件 {name} 只能是 .csv，来源是 /srv/datasets 以下的相对路径。")
    return Sample(str(PurePosixPath(name)), str(PurePosixPath(origin)), rows)


def trial_seeds(source: bytes) -> list[str]:
    """Return the seeds that a check tries: one empty seed for a lab without variants."""
    return list(TRIALS) if samples_of(read_source(source)) else [""]


def seed_of(*parts: object) -> str:
    """Return the seed of a trainee's variant of an assignment: the same for the same parts."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:SEED_LENGTH]


def variant_files(samples: list[Sample], seed: str, datasets: Path | None) -> dict[str, bytes]:
    """Draw every declared file. Raises BadSource when the data is not there."""
    return {sample.name: _draw(sample, seed, datasets) for sample in samples}


def files_with_variant(source: bytes, files: Mapping[str, bytes], seed: str, datasets: Path | None) -> dict[str, bytes]:
    """Return the files beside a notebook together with those of a trainee's variant. Raises BadSource."""
    samples = samples_of(read_source(source))
    return {**files, **variant_files(samples, seed, datasets)} if samples else dict(files)


def _draw(sample: Sample, seed: str, datasets: Path | None) -> bytes:
    """Draw rows without replacement and keep their order; a table with fewer rows is taken whole."""
    place = datasets / sample.origin if datasets is not None else None
    if place is None or not place.is_file() or place.stat().st_size > LARGEST_BYTES:
        raise BadSource(f"找不到变式所用的数据 /srv/datasets/{sample.origin}，或者它超过 256 MB。")
    head, rows = _table(place, place.stat().st_mtime_ns)
    if len(rows) > sample.rows:
        chance = random.Random(f"{seed}\0{sample.name}\0{sample.origin}")  # noqa: S311  # a sample, no secret
        rows = tuple(rows[number] for number in sorted(chance.sample(range(len(rows)), sample.rows)))
    return head + b"".join(rows)


@lru_cache(maxsize=2)
def _table(place: Path, _changed: int) -> tuple[bytes, tuple[bytes, ...]]:
    """Read a table once for a whole class: its head and its rows."""
    head, *rows = _records(place.read_bytes())
    return head, tuple(rows)


def _records(content: bytes) -> list[bytes]:
    """Split a CSV file into records; a line break inside quotes belongs to its record."""
    records: list[bytes] = []
    kept = b""
    for line in content.splitlines(keepends=True):
        kept += line
        if kept.count(b'"') % 2 == 0:
            records.append(kept if kept.endswith(b"\n") else kept + b"\n")
            kept = b""
    return records + ([kept] if kept else []) or [b""]
