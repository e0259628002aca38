"""Cells that no spreadsheet program takes for a formula."""

from __future__ import annotations

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "|", "%")


def safe_cell(value: object) -> str:
    """The value as text; text that a program might run gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u3000\ufeff").startswith(STARTERS) else text
