"""A CSV that is too large to be held: cut into parts on disk, of which one column at a time is read.

It is profiled in a fraction of the memory that its table would take, at the price of a second copy in a folder that
whoever calls names and removes. What is refused and what is read are the same as with `reading.read_table`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from labs.datasets.deidentification.encodings import Survey, survey, write_line_feeds, write_utf8
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.progress import Progress, silent
from labs.datasets.deidentification.reading import (
    GZIP,
    MOST_BYTES,
    Noticed,
    codes_of,
    form_of,
    most_unpacked,
    refuse_large,
    unknown_column,
)
from labs.datasets.deidentification.records import Records, header_of

LARGE_BYTES = 64 << 20
SHRUNK = 8  # a packed file of an eighth of the size may be as large
SLICE = HEAD = 16 << 20


@dataclass(frozen=True)
class LargeTable:
    """A table of text cells on disk; a missing cell is the empty text."""

    folder: Path
    sha256: str
    names: list[str]
    parts: tuple[Path, ...]
    height: int
    noticed: tuple[Noticed, ...] = field(default=())

    def column(self, name: str) -> pl.Series:
        """Return one column; refuse an unknown name."""
        if name not in self.names:
            raise unknown_column(name, self.names)
        return pl.scan_parquet(list(self.parts)).select(name).collect()[name]

    def codes(self, name: str, labels: pl.Series | None = None) -> Codes:
        """Return the place of every value among the sorted labels, worked out once and kept on disk."""
        path = self.folder / f"{self.names.index(name)}.npy"
        if not path.exists():
            values = self.column(name)
            codes = codes_of(values, values.unique().sort() if labels is None else labels)
            np.save(path, codes.astype(np.int32))
        return np.load(path).astype(np.int64)

    def head(self, rows: int) -> pl.DataFrame:
        """Return the first rows."""
        return pl.scan_parquet(list(self.parts)).head(rows).collect()

    def tail(self, rows: int) -> pl.DataFrame:
        """Return the last rows."""
        last: list[pl.DataFrame] = []
        for part in reversed(self.parts):
            last.insert(0, pl.read_parquet(part).tail(rows - sum(map(len, last))))
            if sum(map(len, last)) == rows:
                break
        return pl.concat(last)


def is_large(path: Path, form: str | None) -> bool:
    """Return whether a file is a CSV that is better not held."""
    if not path.is_file() or (form or form_of(path)) != "csv":
        return False
    with path.open("rb") as stream:
        is_packed = stream.read(2) == GZIP
    return path.stat().st_size > (LARGE_BYTES // SHRUNK if is_packed else LARGE_BYTES)


def read_large(path: Path, folder: Path, progress: Progress = silent) -> LargeTable:
    """Cut the CSV in `path` into parts below `folder`; refuses what `read_table` refuses."""
    refuse_large(path, path.stat().st_size)
    progress("read", 0.0)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        is_packed = stream.read(2) == GZIP
    progress("read", 0.1)
    plain = _unpacked(path, folder / "unpacked") if is_packed else path
    seen = survey(path, plain)
    if not seen.is_utf8:
        progress("read", 0.2)
        write_utf8(path, plain, folder / "utf8")
        plain = _instead(plain, folder / "utf8", path)
        seen = survey(path, plain)
    if seen.has_old_ends:
        write_line_feeds(plain, folder / "lines")
        plain = _instead(plain, folder / "lines", path)
    if seen.quotes % 2:
        raise Refusal("quote_open", path=path)
    names, parts, height = _cut(path, plain, folder, seen, lambda share: progress("read", 0.4 + 0.6 * share))
    _instead(plain, path, path)
    if not height:
        raise Refusal("file_empty", path=path)
    return LargeTable(folder, digest, names, tuple(parts), height)


def _instead(plain: Path, other: Path, path: Path) -> Path:
    """Go on with the other file; what was a copy of `path` is not needed any more."""
    if plain != path:
        plain.unlink()
    return other


def _unpacked(path: Path, target: Path) -> Path:
    most, written = min(most_unpacked(path.stat().st_size), MOST_BYTES), 0
    try:
        with gzip.open(path) as stream, target.open("wb") as copy:
            while block := stream.read(SLICE):
                written += copy.write(block)
                refuse_large(path, min(written, most + 1), most)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refusal("file_broken", path=path, reason=error) from error
    return target


def _cut(
    path: Path, plain: Path, folder: Path, seen: Survey, tell: Callable[[float], None]
) -> tuple[list[str], list[Path], int]:
    """Write a part of every slice, cut where records end."""
    if seen.start >= seen.end:
        raise Refusal("file_empty", path=path)
    with plain.open("rb") as stream:
        stream.seek(seen.start)
        head = stream.read(min(HEAD, seen.end - seen.start)) + b"\n"
    separator, header = header_of(path, head)
    records = Records(path, separator, len(header))
    names: list[str] = []
    parts: list[Path] = []
    height = 0
    for records_of_slice, share in _slices(plain, seen, records):
        frame = _frame(path, records_of_slice, separator, names)
        names = names or frame.columns
        if frame.height:
            parts.append(_kept(frame, folder / f"{len(parts):05}.parquet"))
        height += frame.height
        tell(share)
    return names, parts, height


def _slices(plain: Path, seen: Survey, records: Records) -> Iterator[tuple[bytes, float]]:
    """Give whole records, slice after slice, and the share of the file that was read."""
    rest, done, size = b"", 0, seen.end - seen.start
    with plain.open("rb") as stream:
        stream.seek(seen.start)
        while done < size:
            block = stream.read(min(SLICE, size - done))
            done += len(block)
            if done == size:
                block += b"\n"
            end = records.take(block, 0, len(block))
            if end:
                yield rest + block[:end], done / size
                rest = block[end:]
            else:
                rest += block


def _frame(path: Path, content: bytes, separator: str, names: list[str]) -> pl.DataFrame:
    try:
        if not names:
            return pl.read_csv(io.BytesIO(content), separator=separator, infer_schema=False).fill_null("")
        schema = dict.fromkeys(names, pl.String)
        return pl.read_csv(io.BytesIO(content), separator=separator, has_header=False, schema=schema).fill_null("")
    except pl.exceptions.PolarsError as error:
        raise Refusal("file_broken", path=path, reason=str(error).splitlines()[0]) from error


def _kept(frame: pl.DataFrame, path: Path) -> Path:
    packed = io.BytesIO()
    frame.write_parquet(packed, compression="lz4", statistics=False)
    path.write_bytes(packed.getbuffer())  # a full disk is named by Python's own error
    return path
