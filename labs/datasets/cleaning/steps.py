"""The steps: each a small function from rows to rows that says what it changed, dropped and could not read."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from labs.datasets.cleaning.opening import Bad
from labs.datasets.cleaning.plan import Step
from labs.datasets.cleaning.values import date_in, number_in
from labs.datasets.deidentification.dirt import BLANKS, ENDS, is_remark, is_total
from labs.datasets.deidentification.reading import EMPTY

AROUND = " \t\r\n\u3000\u00a0\u200b\ufeff\u2060\u00ad"
HALF, FULL = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    {code: code + 0xFEE0 for code in range(0x21, 0x7F)},
)
BLANK_HALF, BLANK_FULL = {0x3000: 0x20}, {0x20: 0x3000}
# In a Chinese sentence a full-width comma is right; only what numbers and codes are made of becomes narrow.
LETTERS = {full: half for full, half in HALF.items() if chr(half).isalnum() or chr(half) in "+-.%/#@_"}
SPREADSHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


@dataclass(frozen=True)
class Rows:
    """A table on its way, with the number in the file of every row."""

    frame: pl.DataFrame
    numbers: pl.Series

    def only(self, kept: pl.Series) -> Rows:
        """Those rows for which `kept` is true."""
        return Rows(self.frame.filter(kept), self.numbers.filter(kept))


@dataclass(frozen=True)
class Outcome:
    """What came of a step."""

    rows: Rows
    changed: int = 0
    dropped: tuple[int, ...] = ()
    bad: tuple[Bad, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: Mapping[str, int] = field(default_factory=dict)
    clash: str = ""


def carried_out(rows: Rows, step: Step) -> Outcome:
    """Do one step. What it names and the table lacks is said and left out; nothing else of the step is done wrong."""
    missing = tuple(name for name in step.named if name not in rows.frame.columns)
    if missing and (len(missing) == len(step.named) or step.do in ("join", "swap")):
        return Outcome(rows, missing=missing)
    columns = [name for name in step.named or rows.frame.columns if name not in missing]
    return replace(DOING[step.do](rows, step, columns), missing=missing)


def _mapped(rows: Rows, columns: Sequence[str], change: Callable[[str], str]) -> Outcome:
    """Every value of the columns, changed; each different value is worked out once."""
    changed, new = 0, []
    for name in columns:
        values = rows.frame[name].unique()
        made = pl.Series([change(value) for value in values], dtype=pl.String)
        column = rows.frame[name].replace_strict(values, made, return_dtype=pl.String).alias(name)
        changed += int((column != rows.frame[name]).sum())
        new.append(column)
    return Outcome(replace(rows, frame=rows.frame.with_columns(new)), changed)


def _trim(rows: Rows, _step: Step, columns: Sequence[str]) -> Outcome:
    return _mapped(rows, columns, lambda value: value.strip(AROUND))


def _width(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    to = step.fields["to"]
    table = {"letters": LETTERS | BLANK_HALF, "all": HALF | BLANK_HALF, "full": FULL | BLANK_FULL}[to]
    return _mapped(rows, columns, lambda value: value.translate(table))


def _case(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    change = {"upper": str.upper, "lower": str.lower, "title": str.title}[step.fields["to"]]
    return _mapped(rows, columns, change)


def _parsed(rows: Rows, columns: Sequence[str], policy: str, why: str, parse: Callable[[str], str | None]) -> Outcome:
    """Columns in one form; a value that cannot be read is listed and treated as the policy says."""
    new, bad, changed = [], list[Bad](), 0
    wrong = pl.repeat(False, rows.frame.height, eager=True)
    for name in columns:
        before = rows.frame[name]
        values = before.unique()
        read = [value if _says_nothing(value) else parse(value) for value in values]
        failed = pl.Series([value for value, made in zip(values, read, strict=True) if made is None], dtype=pl.String)
        shown = [
            "" if made is None and policy == "empty" else value if made is None else made
            for value, made in zip(values, read, strict=True)
        ]
        column = before.replace_strict(values, pl.Series(shown, dtype=pl.String), return_dtype=pl.String).alias(name)
        unread = before.is_in(failed.implode())
        bad += [Bad(rows.numbers[row], name, before[row], why) for row in unread.arg_true().to_list()]
        changed += int(((column != before) & ~unread).sum())
        wrong |= unread
        new.append(column)
    made_rows = replace(rows, frame=rows.frame.with_columns(new))
    if policy != "drop":
        return Outcome(made_rows, changed, bad=tuple(bad))
    return Outcome(made_rows.only(~wrong), changed, tuple(rows.numbers.filter(wrong).to_list()), tuple(bad))


def _says_nothing(value: str) -> bool:
    return value.strip(AROUND).lower() in EMPTY


def _dates(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    fields = step.fields
    how = {"order": fields["order"], "is_1904": fields["serials"] == "1904", "days_only": fields["to"] == "day"}
    return _parsed(rows, columns, fields["bad"], "date", lambda value: date_in(value, **how))


def _numbers(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    mark = step.fields["decimal"]
    return _parsed(rows, columns, step.fields["bad"], "number", lambda value: number_in(value, decimal=mark))


def _map(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    known: Mapping[str, str] = step.fields["values"]
    if step.fields["unknown"] == "ignore":
        return _mapped(rows, columns, lambda value: known.get(value, value))
    right = set(known.values())
    before = rows.frame[columns[0]]
    found = _parsed(
        rows,
        columns,
        step.fields["unknown"],
        "unknown",
        lambda value: known.get(value, value if value in right else None),
    )
    counts = before.filter(~before.is_in(list({*known, *right}))).value_counts()
    unknown = {value: rows_of for value, rows_of in counts.iter_rows() if not _says_nothing(value)}
    return replace(found, unknown=dict(sorted(unknown.items(), key=lambda one: (-one[1], one[0]))))


def _without(rows: Rows, gone: pl.Series) -> Outcome:
    return Outcome(rows.only(~gone), dropped=tuple(rows.numbers.filter(gone).to_list()))


def _drop_totals(rows: Rows, _step: Step, _columns: Sequence[str]) -> Outcome:
    return _without(rows, pl.Series([is_total(cells) for cells in rows.frame[:, :3].iter_rows()], dtype=pl.Boolean))


def _drop_notes(rows: Rows, _step: Step, _columns: Sequence[str]) -> Outcome:
    first = rows.frame.height - ENDS
    found = [place >= first and is_remark(cells) for place, cells in enumerate(rows.frame.iter_rows())]
    return _without(rows, pl.Series(found, dtype=pl.Boolean))


def _drop_values(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    wanted = {value.strip(AROUND) for value in step.fields["values"]}
    values = rows.frame[columns[0]].unique()
    gone = pl.Series([value for value in values if value.strip(AROUND) in wanted], dtype=pl.String)
    return _without(rows, rows.frame[columns[0]].is_in(gone.implode()))


def _fill_down(rows: Rows, _step: Step, columns: Sequence[str]) -> Outcome:
    new = [
        pl.when(pl.col(name).str.strip_chars(AROUND) == "")
        .then(None)
        .otherwise(pl.col(name))
        .forward_fill()
        .fill_null("")
        .alias(name)
        for name in columns
    ]
    frame = rows.frame.with_columns(new)
    changed = sum(int((frame[name] != rows.frame[name]).sum()) for name in columns)
    return Outcome(replace(rows, frame=frame), changed)


def _split(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    name, into, mark = columns[0], step.fields["into"], step.fields["by"]
    clash = next((new for new in into if new in rows.frame.columns and new != name), "")
    if clash:
        return Outcome(rows, clash=clash)
    bad, parts = [], list[list[str]]()
    for number, value in zip(rows.numbers, rows.frame[name], strict=True):
        found = [part.strip(AROUND) for part in value.split(mark)] if value.strip(AROUND) else []
        if value.strip(AROUND) and len(found) != len(into):
            bad.append(Bad(number, name, value, "parts"))
            found = [*found[: len(into) - 1], mark.join(found[len(into) - 1 :])]
        parts.append([*found, *[""] * (len(into) - len(found))])
    made = pl.DataFrame(parts, schema=dict.fromkeys(into, pl.String), orient="row")
    place = rows.frame.columns.index(name)
    left, right = rows.frame[:, :place], rows.frame[:, place + 1 :]
    frame = pl.concat([part for part in (left, made, right) if part.width], how="horizontal")
    return Outcome(replace(rows, frame=frame), rows.frame.height, bad=tuple(bad))


def _join(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    into, mark = step.fields["into"], step.fields["by"]
    if into in rows.frame.columns and into not in columns:
        return Outcome(rows, clash=into)
    made = pl.Series(
        into, [mark.join(cell for cell in cells if cell) for cells in rows.frame[list(columns)].iter_rows()]
    )
    kept = [
        made if name == columns[0] else rows.frame[name]
        for name in rows.frame.columns
        if name == columns[0] or name not in columns
    ]
    return Outcome(replace(rows, frame=pl.DataFrame(kept)), rows.frame.height)


def _rename(rows: Rows, step: Step, columns: Sequence[str]) -> Outcome:
    to = step.fields["to"]
    if to in rows.frame.columns and to != columns[0]:
        return Outcome(rows, clash=to)
    return Outcome(replace(rows, frame=rows.frame.rename({columns[0]: to})))


def _swap(rows: Rows, _step: Step, columns: Sequence[str]) -> Outcome:
    one, other = columns
    frame = rows.frame.with_columns(rows.frame[other].alias(one), rows.frame[one].alias(other))
    return Outcome(replace(rows, frame=frame), int((rows.frame[one] != rows.frame[other]).sum()))


DOING: Mapping[str, Callable[[Rows, Step, Sequence[str]], Outcome]] = {
    "trim": _trim, "width": _width, "case": _case, "map": _map, "dates": _dates, "numbers": _numbers,
    "drop_totals": _drop_totals, "drop_notes": _drop_notes, "drop_values": _drop_values, "fill_down": _fill_down,
    "split": _split, "join": _join, "rename": _rename, "swap": _swap,
}  # fmt: skip


def errors_of_spreadsheets(rows: Rows) -> list[Bad]:
    """Cells in which a spreadsheet wrote that it could not work something out."""
    found = []
    for name in rows.frame.columns:
        wrong = rows.frame[name].is_in(list(SPREADSHEET_ERRORS)).arg_true().to_list()
        found += [Bad(rows.numbers[row], name, rows.frame[name][row], "error") for row in wrong]
    return found


def bare(value: str) -> str:
    """Return a heading as two deliveries may write it: without blanks, width and case."""
    return BLANKS.sub("", unicodedata.normalize("NFKC", value)).casefold()
