"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from labs.datasets.deidentification.messages import Refusal


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` beside `path` and rename it there; a failure leaves nothing behind. Raises Refusal."""
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise Refusal("write_failed", path=path, reason=error.strerror or error) from error


def to_json(document: Any) -> str:
    """Return one line of JSON that every reader accepts."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
