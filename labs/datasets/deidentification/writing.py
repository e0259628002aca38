"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labs.datasets.deidentification.messages import Refusal


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write every file beside its place, then rename all; a failure leaves nothing behind. Raises Refusal."""
    written: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, content in contents.items():
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            written.append((Path(name), path))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
        for _, path in written:
            if path.is_dir():
                raise IsADirectoryError(0, "a folder", str(path))
        for temporary, path in written:
            temporary.replace(path)
    except OSError as error:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
        raise Refusal("write_failed", path=path, reason=error.strerror or error) from error


def to_json(document: Any) -> str:
    """Return one line of JSON that every reader accepts."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
