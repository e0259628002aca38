"""Compiles the translations (.po → .mo) without any tool, and tells which are incomplete."""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LOCALE_FILES = "locale/*/LC_MESSAGES/*.po"
FOLDERS = ("portal", "courses", "labs", "search", "hub_config")
MAGIC = 0x950412DE
CONTEXT = "\x04"


@dataclass
class Entry:
    """One message of a catalog."""

    context: str | None = None
    msgid: str = ""
    plural: str | None = None
    translations: dict[int, str] = field(default_factory=dict)
    is_fuzzy: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every form is translated and none is a guess."""
        return not self.is_fuzzy and bool(self.translations) and all(self.translations.values())

    @property
    def key(self) -> str:
        """The name under which gettext looks the message up."""
        key = self.msgid if self.plural is None else f"{self.msgid}\0{self.plural}"
        return key if self.context is None else self.context + CONTEXT + key


def catalog_files(root: Path) -> list[Path]:
    """Return every catalog of the project."""
    return sorted(file for folder in FOLDERS for file in (root / folder).rglob(LOCALE_FILES))


def compile_all(root: Path) -> int:
    """Compile the catalogs whose compiled form is missing or older; return how many were compiled."""
    compiled = 0
    for source in catalog_files(root):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        beside = target.with_suffix(".mo.new")
        beside.write_bytes(to_mo(parse(source.read_text(encoding="utf-8"))))
        beside.replace(target)
        compiled += 1
    return compiled


def incomplete(file: Path) -> list[str]:
    """Return the messages of `file` that are not translated or only guessed."""
    entries = parse(file.read_text(encoding="utf-8"))
    return [entry.msgid for entry in entries if entry.msgid and not entry.is_complete]


def parse(text: str) -> list[Entry]:
    """Return the entries of a .po file; obsolete ones are comments. Raises ValueError for a line it cannot read."""
    return list(_entries(text))


def to_mo(entries: list[Entry]) -> bytes:
    """Return the compiled catalog: two sorted tables of offsets, then the strings."""
    pairs = sorted(
        (entry.key.encode(), "\0".join(entry.translations[n] for n in sorted(entry.translations)).encode())
        for entry in entries
        if entry.is_complete or not entry.msgid
    )
    count = len(pairs)
    offset = 28 + 16 * count
    tables, strings = b"", b""
    for column in (0, 1):
        for pair in pairs:
            tables += struct.pack("<II", len(pair[column]), offset + len(strings))
            strings += pair[column] + b"\0"
    return struct.pack("<7I", MAGIC, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count) + tables + strings


def _entries(text: str) -> Iterator[Entry]:
    entry, target, begun = Entry(), "", False
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        line = line.strip()
        if begun and (not line or line.startswith("#")):
            yield entry
            entry, target, begun = Entry(), "", False
        if not line or line.startswith("#"):
            entry.is_fuzzy = entry.is_fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        keyword, quote, rest = line.partition('"')
        if not quote:
            raise ValueError(f"{number}: {line}")
        if keyword.strip():
            target = keyword.strip()
            if target in ("msgid", "msgctxt") and entry.translations:
                yield entry
                entry = Entry()
        begun = True
        _append(entry, target, str(ast.literal_eval(quote + rest)))


def _append(entry: Entry, target: str, value: str) -> None:
    if target == "msgctxt":
        entry.context = (entry.context or "") + value
    elif target == "msgid":
        entry.msgid += value
    elif target == "msgid_plural":
        entry.plural = (entry.plural or "") + value
    elif target.startswith("msgstr"):
        form = int(target[7:-1]) if target.endswith("]") else 0
        entry.translations[form] = entry.translations.get(form, "") + value
    else:
        raise ValueError(target)
