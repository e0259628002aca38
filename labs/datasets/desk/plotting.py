"""Small pictures of a profile. The table beside them says the same in numbers, so they carry a name and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WIDTH, HEIGHT, MOST_BARS = 150, 40, 12
LINE, LABEL, TRACK, MOST_LINES = 20, 190, 260, 60
BROWN, BLUE = "#b4560f", "#1a8799"


def distribution(column: Mapping[str, Any], rows: int) -> SafeString:
    """Bars of a column: a histogram of numbers, else the commonest values and all others together."""
    histogram = column.get("histogram")
    if histogram:
        values, names = histogram["rows"], _intervals(histogram["edges"])
    else:
        shown = [item for item in column.get("commonest", []) if item["value"]][: MOST_BARS - 1]
        values, names = [item["rows"] for item in shown], [item["value"] for item in shown]
        rest = rows - column.get("missing", 0) - sum(values)
        if rest > 0:
            values, names = [*values, rest], [*names, _("all others")]
    if not values:
        return SafeString("")
    width, highest = WIDTH / len(values), max(values) or 1
    bars = [
        (
            round(place * width, 1),
            round(HEIGHT - HEIGHT * value / highest, 1),
            round(width - 1.5, 1),
            round(HEIGHT * value / highest, 1),
            f"{name}: {value}",
        )
        for place, (value, name) in enumerate(zip(values, names, strict=True))
    ]
    drawn = format_html_join(
        "", f'<rect x="{{}}" y="{{}}" width="{{}}" height="{{}}" fill="{BLUE}"><title>{{}}</title></rect>', bars
    )
    name = _("Distribution of %(column)s") % {"column": column["name"]}
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        name,
        drawn,
    )


def shares(columns: Sequence[Mapping[str, Any]], rows: int) -> SafeString:
    """Two bars for each column: the share of cells that occur once, and of those that are missing."""
    shown = columns[:MOST_LINES]
    if not shown or not rows:
        return SafeString("")
    bars, labels = [], []
    for place, column in enumerate(shown):
        top = place * LINE
        labels.append((LABEL - 8, top + 13, _short(column["name"])))
        for offset, count, fill in ((3, column["unique_values"], BROWN), (10, column["missing"], BLUE)):
            bars.append((LABEL, top + offset, round(TRACK * count / rows, 1), 6, fill, f"{count / rows:.1%}"))
    height = len(shown) * LINE
    drawn = format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"><title>{}</title></rect>', bars)
    texts = format_html_join(
        "", '<text x="{}" y="{}" font-size="12" text-anchor="end" fill="currentColor">{}</text>', labels
    )
    edge = format_html('<path d="M{0} 0V{1}" stroke="currentColor" fill="none"/>', LABEL, height)
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}{}{}</svg>',
        LABEL + TRACK,
        height,
        LABEL + TRACK,
        height,
        _("Share of cells that occur once (brown) and that are missing (green-blue)"),
        edge,
        drawn,
        texts,
    )


def _intervals(edges: Sequence[float]) -> list[str]:
    return [f"{low:g} – {high:g}" for low, high in pairwise(edges)]


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
