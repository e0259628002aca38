"""A drawn round seal: the issuer's name in a ring around a star. It stands where a real seal would be pressed."""

from __future__ import annotations

import math

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

RED = "#c23b2e"
MOST_DEGREES = 270.0
RADIUS = 37.0
LARGEST = 11.0


def seal(name: str) -> SafeString:
    """Return the seal of a body as SVG: as many characters as the name has, each turned to its place in the ring."""
    letters = name.strip()
    step = min(26.0, MOST_DEGREES / max(len(letters), 1))
    size = min(LARGEST, math.radians(step) * RADIUS * 0.95)
    first = -step * (len(letters) - 1) / 2
    ring = format_html_join(
        "",
        '<text x="50" y="{}" font-size="{}" text-anchor="middle" transform="rotate({} 50 50)">{}</text>',
        (
            (f"{50 - RADIUS + size / 2:.2f}", f"{size:.2f}", f"{first + step * place:.2f}", letter)
            for place, letter in enumerate(letters)
        ),
    )
    return format_html(
        '<svg class="seal" viewBox="0 0 100 100" fill="{}" font-family="Noto Serif CJK SC, Source Han Serif SC, serif" font-weight="700">'
        '<circle cx="50" cy="50" r="47.5" fill="none" stroke="{}" stroke-width="2.4"/>'
        '<path d="{}"/>{}</svg>',
        RED,
        RED,
        _star(50, 51, 13),
        ring,
    )


def _star(x: float, y: float, radius: float) -> str:
    points = []
    for number in range(10):
        length = radius if number % 2 == 0 else radius * 0.382
        angle = math.radians(36 * number - 90)
        points.append(f"{x + length * math.cos(angle):.2f} {y + length * math.sin(angle):.2f}")
    return "M" + "L".join(points) + "Z"
