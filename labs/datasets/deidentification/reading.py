"""Reading tables as text, value by value as they stand, from CSV, XLSX and Parquet."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from labs.datasets.deidentification.encodings import to_utf8
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.records import MOST_COLUMNS, Records, check_header, header_of
from labs.datasets.deidentification.sheets import Sheet, sheet_of

MOST_BYTES = 6 << 30
SLICE = 16 << 20
MOST_SHEET_BYTES = 1 << 30
MOST_CELLS = 2_000_000_000
BOMB_RATIO, HARMLESS_BYTES = 200, 64 << 20  # no honest table shrinks so much
GZIP = b"\x1f\x8b"
FORMATS = ("csv", "xlsx", "parquet")
FORMULA = r"^(?:[=@]|[+-].*[(!|])"
IS_FORMULA = re.compile(FORMULA)
FIRST_SIGNS = frozenset("=@+-")
Codes = np.ndarray[tuple[int], np.dtype[np.int64]]
Encoded = tuple[Codes, list[str]]
Noticed = tuple[str, dict[str, str]]
EMPTY = frozenset({"", "nan", "null", "none", "na", "n/a"})


@dataclass(frozen=True)
class Table:
    """A table of text cells; a missing cell is the empty text."""

    frame: pl.DataFrame
    sha256: str
    known: dict[str, Encoded] = field(default_factory=dict, compare=False, repr=False)
    placed: dict[str, Codes] = field(default_factory=dict, compare=False, repr=False)
    noticed: tuple[Noticed, ...] = ()
    """What the reader saw and somebody should know: a key of `dirt.NOTES` with its values."""

    def encoded(self, name: str) -> Encoded:
        """Return codes and labels of one column, worked out once."""
        if name not in self.known:
            self.known[name] = encode(self.column(name))
        return self.known[name]

    def together(self, names: Sequence[str]) -> Codes:
        """Return one code for every different combination of the columns' values."""
        codes = self.encoded(names[0])[0]
        for name in names[1:]:
            other, labels = self.encoded(name)
            codes = np.unique(codes * len(labels) + other, return_inverse=True)[1].astype(np.int64)
        return codes

    def column(self, name: str) -> pl.Series:
        """Return one column; refuse an unknown name."""
        if name not in self.frame.columns:
            raise unknown_column(name, self.frame.columns)
        return self.frame[name]

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return self.frame.columns

    @property
    def height(self) -> int:
        """The rows."""
        return self.frame.height

    def codes(self, name: str, labels: pl.Series | None = None) -> Codes:
        """Return the place of every value among the sorted labels, which are worked out unless they are known."""
        if labels is None or name in self.known:
            return self.encoded(name)[0]
        if name not in self.placed:
            self.placed[name] = codes_of(self.column(name), labels)
        return self.placed[name]

    def head(self, rows: int) -> pl.DataFrame:
        """Return the first rows."""
        return self.frame.head(rows)

    def tail(self, rows: int) -> pl.DataFrame:
        """Return the last rows."""
        return self.frame.tail(rows)


def unknown_column(name: str, names: Sequence[str]) -> Refusal:
    """Return what is said of a column that is not there."""
    return Refusal("column_unknown", column=name, columns=", ".join(names[:40]))


def read_table(path: Path, form: str | None = None) -> Table:
    """Return the table in `path`; refuses broken encodings, ragged rows, bombs and what is too large."""
    if not path.is_file():
        raise Refusal("file_missing", path=path)
    form = form or form_of(path)
    refuse_large(path, path.stat().st_size)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refusal("file_broken", path=path, reason=error.strerror) from error
    digest = hashlib.sha256(content).hexdigest()
    noticed: tuple[Noticed, ...] = ()
    if form == "csv":
        frame = _read_csv(path, unpacked(path, content))
    elif form == "xlsx":
        frame, noticed = _read_xlsx(path, content)
    else:
        frame = _read_parquet(path, content)
    if not frame.height or not frame.width:
        raise Refusal("file_empty", path=path)
    return Table(frame.fill_null(""), digest, noticed=noticed)


def form_of(path: Path) -> str:
    """Return the format that the name of a file tells. Raises Refusal."""
    suffixes = [suffix.lower().lstrip(".") for suffix in path.suffixes]
    for suffix in reversed(suffixes):
        if suffix in FORMATS:
            return suffix
        if suffix in ("tsv", "txt"):
            return "csv"
    raise Refusal("format_unknown", path=path)


def refuse_large(path: Path, size: int, most: int = MOST_BYTES) -> None:
    """Raise Refusal for more bytes (or cells) than are taken."""
    if size > most:
        raise Refusal("file_large", path=path, size=size >> 20, most=most >> 20)


def most_unpacked(size: int) -> int:
    """Return what an honest packed file of this size holds at most."""
    return min(MOST_BYTES, max(HARMLESS_BYTES, BOMB_RATIO * size))


def unpacked(path: Path, content: bytes) -> bytes:
    """Return the content without gzip. Raises Refusal for what is broken or grows beyond every honest table."""
    if not content.startswith(GZIP):
        return content
    most = most_unpacked(len(content))
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            plain = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Refusal("file_broken", path=path, reason=error) from error
    refuse_large(path, len(plain), most)
    return plain


def _read_csv(path: Path, content: bytes) -> pl.DataFrame:
    content = to_utf8(path, content)
    if not content.endswith(b"\n") or content.endswith((b"\n\n", b"\r\n")):  # else no copy of a large file
        content = content.rstrip(b"\r\n") + b"\n"
    if b"\r" in content and b"\n" not in content[:-1]:
        # Line ends of old Macs; some exporters still write them.
        content = content.replace(b"\r", b"\n")
    if not content.strip():
        raise Refusal("file_empty", path=path)
    separator, header = header_of(path, content)
    _refuse_ragged(path, content, separator, len(header))
    try:
        return pl.read_csv(io.BytesIO(content), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise Refusal("file_broken", path=path, reason=str(error).splitlines()[0]) from error


def _refuse_ragged(path: Path, content: bytes, separator: str, width: int) -> None:
    if content.count(b'"') % 2:
        raise Refusal("quote_open", path=path)
    records = Records(path, separator, width)
    for start in range(0, len(content), SLICE):
        records.take(content, start, min(SLICE, len(content) - start))


def _read_xlsx(path: Path, content: bytes) -> tuple[pl.DataFrame, tuple[Noticed, ...]]:
    sheet = opened_sheet(path, content)
    header, rows = sheet.header_and_rows(path)
    check_header(path, header)
    for number, row in rows:
        if any(row[len(header) :]):
            raise Refusal("ragged", path=path, row=number, found=len(row), expected=len(header))
    body = [[*row[: len(header)], *[""] * (len(header) - len(row))] for _, row in rows]
    frame = pl.DataFrame(body, schema=dict.fromkeys(header, pl.String), orient="row")
    if not sheet.others:
        return frame, ()
    return frame, (("sheets", {"sheet": sheet.name, "others": "、".join(sheet.others)}),)


def opened_sheet(path: Path, content: bytes, name: str = "", *, fills_from: int = 2) -> Sheet:
    """Return a sheet of a workbook, the first visible one unless named. Raises Refusal."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            most = min(MOST_SHEET_BYTES, max(HARMLESS_BYTES, BOMB_RATIO * len(content)))
            refuse_large(path, sum(member.file_size for member in archive.infolist()), most)
        return sheet_of(path, content, name, fills_from=fills_from)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, zlib.error, EOFError) as error:
        raise Refusal("file_broken", path=path, reason=error) from error


def _read_parquet(path: Path, content: bytes) -> pl.DataFrame:
    try:
        lazy = pl.scan_parquet(io.BytesIO(content))
        names = lazy.collect_schema().names()
        cells = int(lazy.select(pl.len()).collect().item()) * len(names)
        if len(names) > MOST_COLUMNS:
            raise Refusal("columns_many", path=path, found=len(names), most=MOST_COLUMNS)
        refuse_large(path, cells, MOST_CELLS)
        frame = lazy.collect()
        check_header(path, frame.columns)
        return frame.select(pl.all().cast(pl.String))
    except pl.exceptions.PolarsError as error:
        raise Refusal("file_broken", path=path, reason=str(error).splitlines()[0]) from error


def encode(values: pl.Series) -> Encoded:
    """Return a code for every value and the values in the order of their codes (sorted, so that runs agree)."""
    labels = values.unique().sort().to_list()
    return codes_of(values, labels), labels


def codes_of(values: pl.Series, labels: Sequence[str] | pl.Series) -> Codes:
    """Return the place of every value among all the different ones, sorted."""
    return values.cast(pl.Enum(labels)).to_physical().to_numpy().astype(np.int64)


def is_blank(values: list[str]) -> bool:
    """Return whether none of the values says anything."""
    return all(value.strip().lower() in EMPTY for value in values)


def refuse_formulas(columns: Iterable[tuple[str, Encoded]]) -> None:
    """Refuse the first cell that a spreadsheet would execute; each different value is looked at once."""
    for name, (codes, labels) in columns:
        wrong = [code for code, label in enumerate(labels) if label[:1] in FIRST_SIGNS and IS_FORMULA.match(label)]
        if wrong:
            row = int(np.isin(codes, wrong).argmax())
            raise Refusal("formula", row=row + 1, column=name, value=labels[int(codes[row])][:60])
