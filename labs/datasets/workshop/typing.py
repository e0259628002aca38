"""Types of text columns, and the same columns as Arrow arrays of those types."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

INTEGER, NUMBER, DATE, DATETIME, TEXT = "integer", "number", "date", "datetime", "text"
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
"""What counts as missing in columns of numbers and dates; texts keep every word that they hold."""
PATTERNS = {
    # A leading zero is a code, not a number.
    INTEGER: r"^-?(?:0|[1-9][0-9]{0,17})$",
    NUMBER: r"^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$",
    DATE: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    DATETIME: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?$",
}
LEADING_ZERO = r"^-?0[0-9]"


def typed(column: pl.Series) -> tuple[str, pa.Array]:
    """Return the type that every value of a text column has, and its values in that type."""
    kind = type_of(column)
    if kind == TEXT:
        return kind, column.set(column == "", None).to_arrow().cast(pa.string())
    present = column.set(column.is_in(MISSING), None)
    if kind == INTEGER:
        return kind, present.cast(pl.Int64).to_arrow()
    if kind == NUMBER:
        return kind, present.cast(pl.Float64).to_arrow()
    if kind == DATE:
        return kind, present.str.to_date("%Y-%m-%d").to_arrow()
    plain = present.str.replace("T", " ", literal=True)
    whole = plain.str.replace(r"^(.{16})$", "${1}:00")
    return kind, whole.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="ms").to_arrow()


def type_of(column: pl.Series) -> str:
    """Return the narrowest type that all present values have; text when there are none."""
    values = column.filter(~column.is_in(MISSING)).unique()
    if not len(values):
        return TEXT
    for kind, pattern in PATTERNS.items():
        if values.str.contains(pattern).all() and _converts(values, kind):
            return kind
    return TEXT


def _converts(values: pl.Series, kind: str) -> bool:
    if kind == NUMBER:
        return not values.str.contains(LEADING_ZERO).any()
    if kind == DATE:
        return values.str.to_date("%Y-%m-%d", strict=False).null_count() == 0
    if kind == DATETIME:
        return values.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).null_count() == 0 and not bool(
            values.str.contains(r"[ T](?:2[4-9]|[3-9])|:[6-9]").any()
        )
    return True
