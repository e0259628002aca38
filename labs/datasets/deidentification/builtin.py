"""Built-in hierarchies, made from the values of a column and a few parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from labs.datasets.deidentification.hierarchies import ANY, Hierarchy
from labs.datasets.deidentification.messages import Refusal

Labeller = Callable[[str], str]
METERS_PER_DEGREE = 111_320.0
DATE_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%Y%m%d",
    "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%SZ", "%m/%d/%Y", "%Y年%m月%d日", "%Y-%m", "%Y",
)  # fmt: skip
PERIODS = ((6, "00-06"), (12, "06-12"), (18, "12-18"), (24, "18-24"))


def to_number(column: str, value: str) -> float:
    """Return the number that `value` writes; refuses anything else."""
    try:
        number = float(value)
    except ValueError:
        raise Refusal("value_number", column=column, value=value) from None
    if not math.isfinite(number):
        raise Refusal("value_number", column=column, value=value)
    return number


def to_date(column: str, value: str, form: str | None = None) -> datetime:
    """Return the date that `value` writes; refuses anything else."""
    for pattern in (form,) if form else DATE_FORMATS:
        try:
            return datetime.strptime(value, pattern)  # noqa: DTZ007  # a table's local time; no instant is meant
        except ValueError:
            continue
    raise Refusal("value_date", column=column, value=value)


def interval_label(number: float, width: float, origin: float = 0.0) -> str:
    """Return the half-open interval of `width` that holds `number`."""
    low = origin + math.floor((number - origin) / width + 1e-9) * width
    return f"[{_short(low)},{_short(low + width)})"


def edge_label(number: float, edges: Sequence[float]) -> str:
    """Return the interval between given edges that holds `number`."""
    above = [edge for edge in edges if edge > number]
    below = [edge for edge in edges if edge <= number]
    if not below:
        return f"<{_short(above[0])}"
    if not above:
        return f"≥{_short(below[-1])}"
    return f"[{_short(below[-1])},{_short(above[0])})"


def clip_label(number: float, value: str, bottom: float | None, top: float | None) -> str:
    """Return `value`, or the open end it lies in."""
    if bottom is not None and number < bottom:
        return f"<{_short(bottom)}"
    if top is not None and number > top:
        return f">{_short(top)}"
    return value


def _short(number: float) -> str:
    return f"{round(number, 6):.12g}"


def date_label(moment: datetime, unit: str) -> str:
    """Return what is left of a moment at one unit of time."""
    day = f"{moment:%Y-%m-%d}"
    return {
        "minute": f"{day} {moment:%H:%M}",
        "quarter_hour": f"{day} {moment.hour:02}:{moment.minute // 15 * 15:02}",
        "hour": f"{day} {moment.hour:02}",
        "period": f"{day} {next(name for end, name in PERIODS if moment.hour < end)}",
        "day": day,
        "month": day[:7],
        "quarter": f"{moment.year:04}-Q{(moment.month + 2) // 3}",
        "year": day[:4],
        "decade": f"{moment.year // 10 * 10}s",
    }[unit]


def region_label(column: str, value: str, digits: int) -> str:
    """Return a GB/T 2260 code cut to province (2), city (4) or county (6)."""
    if not (value.isascii() and value.isdigit() and len(value) in (6, 9, 12)):
        raise Refusal("value_region", column=column, value=value)
    return value[:digits].ljust(6, "0")


def labellers(column: str, kind: str, options: dict[str, Any]) -> list[Labeller]:
    """Return one function per level above the value itself and below `*`."""
    if kind in ("age", "numeric"):
        widths = options.get("widths") or ([5, 10, 20, 40] if kind == "age" else [10, 50, 100])
        origin = float(options.get("origin", 0))
        return [lambda v, w=w: interval_label(to_number(column, v), float(w), origin) for w in widths]  # type: ignore[misc]  # the default binds the width
    if kind == "date":
        units = options.get("units") or ["day", "month", "quarter", "year"]
        form = options.get("format")
        return [lambda v, u=u: date_label(to_date(column, v, form), u) for u in units]  # type: ignore[misc]  # as above
    if kind == "region":
        return [lambda v, d=d: region_label(column, v, d) for d in (6, 4, 2)]  # type: ignore[misc]  # as above
    if kind == "grid":
        return [lambda v, m=m: grid_label(column, v, float(m), options) for m in options.get("meters") or [500, 2000]]  # type: ignore[misc]  # as above
    if kind == "prefix":
        return [lambda v, n=n: v[:n] + ANY if len(v) > n else v for n in options.get("lengths") or [4, 2]]  # type: ignore[misc]  # as above
    return []


def grid_label(column: str, value: str, meters: float, options: dict[str, Any]) -> str:
    """Return the band of latitude or longitude, `meters` wide, that holds the coordinate."""
    scale = METERS_PER_DEGREE
    if options.get("axis") == "longitude":
        scale *= math.cos(math.radians(float(options.get("at_latitude", 34.3))))
    return interval_label(to_number(column, value), meters / scale)


def from_builtin(column: str, kind: str, values: Sequence[str], options: dict[str, Any]) -> Hierarchy:
    """Return the built-in hierarchy `kind` over `values`: the value, its levels, `*`."""
    leaves = sorted(set(values))
    levels = [leaves]
    for label in labellers(column, kind, options):
        levels.append([label(leaf) if leaf else "" for leaf in leaves])
    levels.append([ANY] * len(leaves))
    return Hierarchy(column, tuple(leaves), tuple(tuple(level) for level in levels))


def fixed(column: str, values: Sequence[str], label: Labeller) -> Hierarchy:
    """Return the hierarchy with the one level that a treatment prescribes."""
    leaves = sorted(set(values))
    return Hierarchy(column, tuple(leaves), (tuple(label(leaf) if leaf else "" for leaf in leaves),))
