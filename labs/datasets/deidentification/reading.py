"""Reading tables as text, value by value as they stand, from CSV, XLSX and Parquet."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from labs.datasets.deidentification.encodings import to_utf8
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.sheets import Sheet, sheet_of

MOST_BYTES = 6 << 30
SLICE = 16 << 20
MOST_COLUMNS = 10_000
MOST_SHEET_BYTES = 1 << 30
MOST_CELLS = 2_000_000_000
BOMB_RATIO, HARMLESS_BYTES = 200, 64 << 20  # no honest table shrinks so much
FORMATS = ("csv", "xlsx", "parquet")
FORMULA = r"^(?:[=@]|[+-].*[(!|])"
Codes = np.ndarray[tuple[int], np.dtype[np.int64]]
Encoded = tuple[Codes, list[str]]
Noticed = tuple[str, dict[str, str]]
FULL_WIDTH_SEPARATOR = re.compile("[，；｜]")
TITLE_LINES, TITLE_SHARE = 50, 0.9
EMPTY = frozenset({"", "nan", "null", "none", "na", "n/a"})


@dataclass(frozen=True)
class Table:
    """A table of text cells; a missing cell is the empty text."""

    frame: pl.DataFrame
    sha256: str
    known: dict[str, Encoded] = field(default_factory=dict, compare=False, repr=False)
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
            raise Refusal("column_unknown", column=name, columns=", ".join(self.frame.columns[:40]))
        return self.frame[name]


def read_table(path: Path, form: str | None = None) -> Table:
    """Return the table in `path`; refuses broken encodings, ragged rows, bombs and what is too large."""
    if not path.is_file():
        raise Refusal("file_missing", path=path)
    form = form or _form_of(path)
    _refuse_large(path, path.stat().st_size)
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


def _form_of(path: Path) -> str:
    suffixes = [suffix.lower().lstrip(".") for suffix in path.suffixes]
    for suffix in reversed(suffixes):
        if suffix in FORMATS:
            return suffix
        if suffix in ("tsv", "txt"):
            return "csv"
    raise Refusal("format_unknown", path=path)


def _refuse_large(path: Path, size: int, most: int = MOST_BYTES) -> None:
    if size > most:
        raise Refusal("file_large", path=path, size=size >> 20, most=most >> 20)


def unpacked(path: Path, content: bytes) -> bytes:
    """Return the content without gzip. Raises Refusal for what is broken or grows beyond every honest table."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    most = min(MOST_BYTES, max(HARMLESS_BYTES, BOMB_RATIO * len(content)))
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            plain = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Refusal("file_broken", path=path, reason=error) from error
    _refuse_large(path, len(plain), most)
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
    separator = _separator(content)
    header = next(csv.reader(io.StringIO(_first_record(content)), delimiter=separator))
    _check_header(path, header)
    if len(header) == 1 and FULL_WIDTH_SEPARATOR.search(header[0]):
        raise Refusal("separator_wide", path=path, separator=FULL_WIDTH_SEPARATOR.findall(header[0])[0])
    if len(header) == 1:
        _refuse_title(path, content)
    _refuse_ragged(path, content, separator, len(header))
    try:
        return pl.read_csv(io.BytesIO(content), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise Refusal("file_broken", path=path, reason=str(error).splitlines()[0]) from error


def _refuse_title(path: Path, content: bytes) -> None:
    """One column that nearly every line below divides in the same way: the first line is a title, not the header."""
    text = re.sub(r'"[^"]*"', "", content[:20_000].decode("utf-8", "ignore"))
    lines = [line for line in text.split("\n")[1:TITLE_LINES] if line.strip()]
    for mark in ";\t|":
        counts = [line.count(mark) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        if usual and len(lines) > 2 and counts.count(usual) >= TITLE_SHARE * len(lines):
            raise Refusal("header_lone", path=path, separator=mark)


def _first_record(content: bytes) -> str:
    end = content.index(b"\n")
    while content.count(b'"', 0, end) % 2:
        following = content.find(b"\n", end + 1)
        if following < 0:
            break
        end = following
    return content[:end].decode("utf-8")


def _separator(content: bytes) -> str:
    head = re.sub(r'"[^"]*"', "", _first_record(content))
    return max(",;\t|", key=head.count)


def _check_header(path: Path, header: list[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise Refusal("columns_many", path=path, found=len(header), most=MOST_COLUMNS)
    seen: set[str] = set()
    for position, name in enumerate(header, start=1):
        if not name.strip():
            raise Refusal("column_unnamed", position=position)
        if name in seen:
            raise Refusal("column_twice", column=name)
        seen.add(name)


def _refuse_ragged(path: Path, content: bytes, separator: str, width: int) -> None:
    """Count separators per record outside quotation marks, in arrays of a slice at a time instead of lines of Python."""
    if content.count(b'"') % 2:
        raise Refusal("quote_open", path=path)
    record, cells_before, is_inside = 0, 0, False
    for start in range(0, len(content), SLICE):
        cells = np.frombuffer(content, np.uint8, min(SLICE, len(content) - start), start)
        ends, marks = cells == ord("\n"), cells == ord(separator)
        quotes = cells == ord('"')
        if is_inside or quotes.any():
            inside = np.logical_xor.accumulate(quotes) ^ is_inside
            is_inside = bool(inside[-1])
            ends &= ~inside
            marks &= ~inside
        places = np.flatnonzero(marks)
        upto = np.searchsorted(places, np.flatnonzero(ends))
        found = np.diff(upto, prepend=-cells_before) + 1
        wrong = np.flatnonzero(found != width)
        if len(wrong):
            row = int(wrong[0])
            raise Refusal("ragged", path=path, row=record + row + 1, found=int(found[row]), expected=width)
        record += len(found)
        cells_before = len(places) - int(upto[-1]) if len(upto) else cells_before + len(places)


def _read_xlsx(path: Path, content: bytes) -> tuple[pl.DataFrame, tuple[Noticed, ...]]:
    sheet = opened_sheet(path, content)
    header, rows = sheet.header_and_rows(path)
    _check_header(path, header)
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
            _refuse_large(path, sum(member.file_size for member in archive.infolist()), most)
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
        _refuse_large(path, cells, MOST_CELLS)
        frame = lazy.collect()
        _check_header(path, frame.columns)
        return frame.select(pl.all().cast(pl.String))
    except pl.exceptions.PolarsError as error:
        raise Refusal("file_broken", path=path, reason=str(error).splitlines()[0]) from error


def encode(values: pl.Series) -> Encoded:
    """Return a code for every value and the values in the order of their codes (sorted, so that runs agree)."""
    labels = values.unique().sort().to_list()
    codes = values.cast(pl.Enum(labels)).to_physical().to_numpy()
    return codes.astype(np.int64), labels


def is_blank(values: list[str]) -> bool:
    """Return whether none of the values says anything."""
    return all(value.strip().lower() in EMPTY for value in values)


def refuse_formulas(frame: pl.DataFrame) -> None:
    """Refuse the first cell that a spreadsheet would execute."""
    for name in frame.columns:
        row = frame[name].str.contains(FORMULA).arg_max()
        if row is not None and re.match(FORMULA, frame[name][row]):
            raise Refusal("formula", row=row + 1, column=name, value=frame[name][row][:60])
