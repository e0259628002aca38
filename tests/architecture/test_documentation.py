"""Every setting and every command is documented."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READERS = ["portal/settings.py", "portal/installation/paths.py", "hub_config/settings.py"]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    read = set()
    for file in READERS:
        text = (ROOT / file).read_text("utf-8")
        read |= set(re.findall(r"environ(?:\.get)?[(\[]\s*\"([A-Z][A-Z_]+)\"", text))
        read |= set(re.findall(r"_(?:integer|url|folder)\(environ, \"([A-Z][A-Z_]+)\"", text))

    assert read
    assert not {name for name in read if f"`{name}`" not in page}


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    commands = {
        file.stem
        for folder in ("portal", "courses", "labs", "search")
        for file in (ROOT / folder).rglob("management/commands/*.py")
        if file.stem != "__init__"
    }

    assert commands
    assert not {name for name in commands if f"`{name}`" not in page}
