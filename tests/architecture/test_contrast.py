"""Words and edges can be told from what they stand on: WCAG 2.2 AA, by day, by night, and in large print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLESHEET = (Path(__file__).resolve().parents[2] / "portal/static/portal/chengxue.css").read_text("utf-8")

STATES = ("success", "warning", "danger", "info", "accent")
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-2", "ink-3", "link", "brand", "brand-strong")
        for ground in ("paper", "surface")
    ),
    *((ink, "surface-2") for ink in ("ink", "ink-2", "ink-3", "link", "brand")),
    *((state, ground) for state in STATES for ground in ("paper", "surface", f"{state}-soft")),
    *((ink, f"{state}-soft") for state in STATES for ink in ("ink", "link")),
    *((ink, "brand-soft") for ink in ("ink", "link", "brand", "brand-strong")),
    *(("on-brand", ground) for ground in ("brand", "brand-strong")),
    *((ink, ground) for ink in ("on-band", "on-band-2") for ground in ("band", "band-2")),
    ("accent-bright", "band"),
    ("surface", "ink"),
    ("surface", "success"),
]
EDGES = [
    *((edge, ground) for edge in ("line-strong", "focus", "danger", "brand") for ground in ("paper", "surface")),
    ("on-band-focus", "band"),
    ("brand", "brand-soft"),
    ("success", "brand-soft"),
]
LOOKS = [(theme, is_large) for theme in ("day", "night") for is_large in (False, True)]


def tokens(theme: str, is_large: bool) -> dict[str, str]:
    """Return the color tokens of one look, as six hexadecimal digits."""
    block = re.search(r"@layer tokens \{(.*?)\n\}\n", STYLESHEET, re.S)
    assert block
    declarations = block.group(1)
    if is_large:
        large = re.search(r'\n  \[data-mode="large"\] \{(.*?)\}', STYLESHEET, re.S)
        assert large
        declarations += large.group(1)
    found: dict[str, str] = {}
    for name, value in re.findall(r"--([\w-]+): ([^;]+);", declarations):
        pair = re.fullmatch(r"var\(--day, (#\w+)\) var\(--night, (#\w+)\)", value)
        if pair:
            found[name] = pair.group(1 if theme == "day" else 2)
        elif re.fullmatch(r"#\w+", value):
            found[name] = value
        elif (other := re.fullmatch(r"var\(--([\w-]+)\)", value)) and other.group(1) in found:
            found[name] = found[other.group(1)]
    return found


def luminance(color: str) -> float:
    """Relative luminance of #rgb or #rrggbb."""
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colors, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "is_large"), LOOKS)
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (EDGES, 3.0)], ids=["text", "edges"])
def test_pairs_of_tokens_reach_aa(theme: str, is_large: bool, pairs: list[tuple[str, str]], least: float) -> None:
    color = tokens(theme, is_large)

    weak = {
        f"{front} on {ground}": round(ratio, 2)
        for front, ground in pairs
        if (ratio := contrast(color[front], color[ground])) < least
    }

    assert not weak


def test_large_print_has_high_contrast() -> None:
    for theme in ("day", "night"):
        color = tokens(theme, is_large=True)

        assert contrast(color["ink"], color["paper"]) == pytest.approx(21)
        assert contrast(color["ink-3"], color["paper"]) >= 7
