"""The word list of docs/reference/words.md, as tests read it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORDS = ROOT / "docs" / "reference" / "words.md"


def ruled_out() -> dict[str, str]:
    """Return what is no longer said → what is said in its place."""
    found: dict[str, str] = {}
    for line in WORDS.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 and line.startswith("|") and "---" not in line and not cells[0].startswith("用 use"):
            found |= dict.fromkeys(cells[1].split("、"), cells[0])
    return found


FORBIDDEN = ruled_out()
INNOCENT = re.compile("迷你|“大字版（长辈模式）”")


def said_wrongly(text: str) -> list[str]:
    """Forms that the list rules out, as far as they stand in the text."""
    plain = INNOCENT.sub("", text)
    return [form for form in FORBIDDEN if form in plain]
