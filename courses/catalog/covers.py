"""The drawn cover of a course: ground and figure follow from its code, so that courses are told apart at a glance."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

GROUNDS = ("#0d4f5e", "#1f3f5f", "#31493b", "#4a3557", "#5c3d2c", "#24486b", "#48502a", "#5b3046")
"""Dark enough for white words by day and by night."""
WIDTH, HEIGHT = 300, 100


def cover(code: str) -> SafeString:
    """Return the cover as SVG; the same for the same code."""
    seed = hashlib.sha256(code.encode()).digest()
    figure = FIGURES[seed[1] % len(FIGURES)]
    return format_html(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="xMaxYMid slice" aria-hidden="true">'
        '<rect width="{}" height="{}" fill="{}"/><g fill="none" stroke="#fff" stroke-opacity=".3" stroke-width="2">{}</g></svg>',
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        GROUNDS[seed[0] % len(GROUNDS)],
        figure(seed),
    )


def _paths(paths: list[str]) -> SafeString:
    return format_html_join("", '<path d="{}"/>', ((path,) for path in paths))


def _bars(seed: bytes) -> SafeString:
    return _paths([f"M{130 + 14 * place} 100V{88 - seed[place + 2] % 70}" for place in range(12)])


def _rings(seed: bytes) -> SafeString:
    x, y = 230 + seed[2] % 40, 30 + seed[3] % 40
    return format_html_join("", '<circle cx="{}" cy="{}" r="{}"/>', ((x, y, 10 + 14 * place) for place in range(6)))


def _waves(seed: bytes) -> SafeString:
    lines = []
    for row in range(6):
        points = [
            f"{x} {14 + row * 15 + (4 + seed[row + 2] % 7) * math.sin(x / 24 + seed[row + 9]):.1f}"
            for x in range(120, 304, 6)
        ]
        lines.append("M" + "L".join(points))
    return _paths(lines)


def _network(seed: bytes) -> SafeString:
    knots = [(140 + seed[place + 2] % 150, 8 + seed[place + 12] % 84) for place in range(9)]
    lines = [f"M{a[0]} {a[1]}L{b[0]} {b[1]}" for a, b in zip(knots, knots[1:] + knots[:1], strict=True)]
    dots = format_html_join("", '<circle cx="{}" cy="{}" r="4" fill="#fff" fill-opacity=".3"/>', knots)
    return format_html("{}{}", _paths(lines), dots)


def _blocks(seed: bytes) -> SafeString:
    cells = ((140 + 20 * (place % 8), 10 + 20 * (place // 8)) for place in range(32) if seed[place] % 3)
    return format_html_join("", '<rect x="{}" y="{}" width="15" height="15" rx="2"/>', cells)


def _roads(seed: bytes) -> SafeString:
    turns = [100 + seed[place + 2] % 60 for place in range(6)]
    return _paths(
        [
            f"M{turn} {8 + 17 * row}h{40 + seed[row + 9] % 40}l24 {12 if row % 2 else -12}H300"
            for row, turn in enumerate(turns)
        ]
    )


FIGURES: tuple[Callable[[bytes], SafeString], ...] = (_bars, _rings, _waves, _network, _blocks, _roads)
