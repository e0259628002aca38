"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
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
            written.append((_write_beside(path, content), path))
        for _, path in written:
            if path.is_dir():
                raise IsADirectoryError(0, "a folder", str(path))
        for temporary, path in written:
            temporary.replace(path)
    except OSError as error:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
        raise Refusal("write_failed", path=path, reason=error.strerror or error) from error


def _write_beside(path: Path, content: bytes) -> Path:
    """Write a file that has no name until it is complete, so that a killed process leaves nothing; return its name."""
    name = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    folder = os.open(path.parent, os.O_DIRECTORY | os.O_RDONLY)
    try:
        handle = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, 0o644)
        try:
            _fill(handle, content)
            os.link(f"/proc/self/fd/{handle}", name, src_dir_fd=folder)  # with a folder, the link is followed
        finally:
            os.close(handle)
    except (OSError, AttributeError):  # a file system without unnamed files
        name.unlink(missing_ok=True)
        handle = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        try:
            _fill(handle, content)
        except OSError:
            name.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
    finally:
        os.close(folder)
    return name


def _fill(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
    os.fchmod(handle, 0o644)
    os.fsync(handle)


def to_json(document: Any) -> str:
    """Return one line of JSON that every reader accepts."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
