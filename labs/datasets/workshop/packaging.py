"""A release's folder: tables as CSV and Parquet, the files that describe them, and the sums of all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from labs.datasets.workshop.description import About, Column, PackagedFile, PackagedTable, describe
from labs.datasets.workshop.tables import NamedTable
from labs.datasets.workshop.typing import typed
from portal.durable import sync_files

BOM = b"\xef\xbb\xbf"
SUMS = "SHA256SUMS"
CHUNK = 1 << 20
ROW_GROUP = 1 << 17

Words = Mapping[str, Mapping[str, str]]
"""Descriptions by `table/column`."""


def write_package(
    folder: Path,
    about: About,
    tables: Sequence[NamedTable],
    words: Words,
    risk: Mapping[str, Any],
    original: Path | None,
) -> tuple[list[PackagedTable], list[PackagedFile]]:
    """Write everything into the empty `folder`; the same content gives the same bytes. Raises OSError."""
    packaged = [_write_table(folder, table, words) for table in tables]
    names = [name for table in tables for name in (f"{table.name}.csv", f"{table.name}.parquet")]
    if original is not None and original.name not in names:
        shutil.copyfile(original, folder / original.name)
        names.append(original.name)
    data = [described(folder / name) for name in sorted(names)]
    for name, content in describe(about, packaged, data, risk).items():
        (folder / name).write_bytes(content)
    files = [described(path) for path in sorted(folder.iterdir())]
    (folder / SUMS).write_text("".join(f"{file.sha256}  {file.name}\n" for file in files), "utf-8")
    sync_files(folder)
    return packaged, [*files, described(folder / SUMS)]


def described(path: Path) -> PackagedFile:
    """Return a file's name, digest and size."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return PackagedFile(path.name, digest.hexdigest(), path.stat().st_size)


def _write_table(folder: Path, table: NamedTable, words: Words) -> PackagedTable:
    columns, arrays = [], []
    for name in table.frame.columns:
        kind, array = typed(table.frame[name])
        said = words.get(f"{table.name}/{name}") or words.get(name) or {}
        columns.append(Column(name, kind, said.get("description", ""), said.get("description_en", "")))
        arrays.append(array)
    with (folder / f"{table.name}.csv").open("wb") as stream:
        stream.write(BOM)
        table.frame.with_columns(pl.all().replace({"": None})).write_csv(stream, line_terminator="\n")
    written = pa.Table.from_arrays(arrays, names=table.frame.columns)
    pq.write_table(written, folder / f"{table.name}.parquet", compression="zstd", row_group_size=ROW_GROUP)
    return PackagedTable(table.name, table.frame.height, tuple(columns))
