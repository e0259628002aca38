"""What a reviewer reads of a held file on its page: its texts, opened as the scan opened them, up to a length."""

from __future__ import annotations

from labs.datasets.sealing import NotOpened

from .keeping import held_bytes
from .models import OutgoingFile
from .scanning.opening import opened

LONGEST = 20_000


def shown_text(file: OutgoingFile) -> list[tuple[str, str]] | None:
    """Places and texts; None when the bytes are gone."""
    try:
        content = held_bytes(file)
    except (FileNotFoundError, NotOpened):
        return None
    left, out = LONGEST, []
    for place, text in opened(file.name, content).texts:
        if left <= 0:
            break
        if text.strip() not in ("", "{}"):
            out.append((place, text[:left]))
            left -= len(text)
    return out
