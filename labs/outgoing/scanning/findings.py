"""What stops a file, as facts. The sentences are the app's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

IDENTIFIER = "identifier"
COLUMN = "column"
ROWS = "rows"
COPY = "copy"
UNREADABLE = "unreadable"
PICTURE = "picture"
SIZE = "size"
REVIEWED = "reviewed"


@dataclass(frozen=True)
class Finding:
    """One reason to stop: where in the file, of which kind, how often, and of which version of a dataset."""

    code: str
    place: str = ""
    kind: str = ""
    count: int = 0
    version: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the row of the file keeps it."""
        return asdict(self)
