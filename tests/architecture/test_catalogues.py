"""The Chinese catalogue is whole: every message translated, none fuzzy, placeholders kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(
    file
    for folder in ("portal", "courses", "labs", "search")
    for file in (ROOT / folder).rglob("zh_Hans/LC_MESSAGES/django.po")
)
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}")


def entries(text: str) -> list[tuple[str, list[str], bool]]:
    """(msgid, translations, is fuzzy) of every entry that is in use."""
    found = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        fields: dict[str, str] = {}
        key = ""
        for line in lines:
            match = re.match(r'(msgid_plural|msgid|msgstr(?:\[\d\])?|msgctxt) "(.*)"$', line)
            if match:
                key = match.group(1)
                fields[key] = match.group(2)
            elif line.startswith('"') and key:
                fields[key] += line[1:-1]
        if fields.get("msgid"):
            translations = [value for name, value in fields.items() if name.startswith("msgstr")]
            found.append(
                (fields["msgid"], translations, any(line.startswith("#,") and "fuzzy" in line for line in lines))
            )
    return found


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.relative_to(ROOT).parts[:2]))
def test_catalogue_is_complete(file: Path) -> None:
    wrong = [
        msgid
        for msgid, translations, is_fuzzy in entries(file.read_text("utf-8"))
        if is_fuzzy
        or not all(translations)
        or any(set(PLACEHOLDER.findall(msgid)) - set(PLACEHOLDER.findall(text)) for text in translations[:1])
    ]

    assert not wrong


def test_there_are_catalogues() -> None:
    assert len(CATALOGUES) >= 10
