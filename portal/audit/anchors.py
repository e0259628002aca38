"""Seals noted outside the chain: signed rows, the anchors' file beside the database, and what an auditor brings along."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from portal.durable import written_durably

from .models import AuditAnchor, AuditSeal
from .signing import is_signed

NOTED = re.compile(r"#?(\d{1,18}):([0-9a-f]{64})", re.IGNORECASE)


class NotNoted(ValueError):
    """A line that holds no seal."""


@dataclass(frozen=True)
class Noted:
    """A place in the chain and the hash that stood there. Without a signature a person vouches for it."""

    seq: int
    hash: str
    at: datetime | None = None
    signature: str = ""

    @property
    def is_trusted(self) -> bool:
        """Whether a person noted it or this installation's key signed it."""
        return not self.signature or (self.at is not None and is_signed(self.seq, self.hash, self.at, self.signature))

    def as_line(self) -> str:
        """One line of the anchors' file."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds") if self.at else None
        return json.dumps({"seq": self.seq, "hash": self.hash, "at": at, "signature": self.signature})


def newest_seal() -> tuple[int, str] | None:
    """Place and hash of the newest seal, for paper; None before the first."""
    return AuditSeal.objects.order_by("-seq").values_list("seq", "hash").first()


def own_anchors() -> list[Noted]:
    """Return what this installation signed, from the table and from the file, each once."""
    rows = AuditAnchor.objects.order_by("seq").values_list("seq", "hash", "anchored_at", "signature")
    # A row without a signature is a forger's: nobody may vouch for it by leaving it empty.
    signed = [Noted(seq, digest, at, signature or "unsigned") for seq, digest, at, signature in rows]
    return list(dict.fromkeys([*signed, *anchors_in_file()]))


def anchors_in_file() -> list[Noted]:
    """Return the lines of the anchors' file. Raises NotNoted for a line that is none of ours."""
    file = Path(settings.AUDIT_ANCHORS_FILE)
    if not file.is_file():
        return []
    return list(read_lines(file.read_text(encoding="utf-8").splitlines()))


def read_lines(lines: Iterable[str]) -> Iterator[Noted]:
    """Seals in lines of the anchors' file or of the form SEQ:HASH. Raises NotNoted."""
    for line in lines:
        text = line.strip().lstrip("\ufeff")
        if text and not text.startswith("//"):
            yield _signed(text) if text.startswith("{") else noted(text)


def noted(text: str) -> Noted:
    """Return a seal as it is printed, SEQ:HASH. Raises NotNoted."""
    match = NOTED.fullmatch(text.strip())
    if match is None:
        raise NotNoted("a seal is written SEQ:HASH, the hash with 64 hexadecimal digits")
    return Noted(int(match[1]), match[2].lower())


def add_to_file(anchors: Iterable[Noted]) -> None:
    """Put the anchors that the file lacks at its end, durably; only its owner can read it."""
    file = Path(settings.AUDIT_ANCHORS_FILE)
    present = set(anchors_in_file())
    missing = [anchor for anchor in anchors if anchor not in present]
    if not missing:
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written anew and renamed: a crash never leaves half a line, which nobody could read.
    with written_durably(file) as stream:
        stream.write(file.read_bytes() if file.is_file() else b"")
        stream.write(b"".join(f"{anchor.as_line()}\n".encode() for anchor in missing))


def _signed(text: str) -> Noted:
    try:
        line = json.loads(text)
        found = noted(f"{line['seq']}:{line['hash']}")
        return Noted(found.seq, found.hash, datetime.fromisoformat(line["at"]), str(line["signature"] or "unsigned"))
    except (ValueError, KeyError, TypeError) as error:
        raise NotNoted(f"no line of an anchors' file: {text[:80]}") from error
