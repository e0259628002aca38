"""Versions of datasets on disk, laid out by the function that the portal uses."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from labs.datasets.layout import ReleasedFile, lay_out_folder


def described(contents: Mapping[str, bytes]) -> list[ReleasedFile]:
    """Return the files as a version's row has them."""
    return [
        ReleasedFile(name, hashlib.sha256(content).hexdigest(), len(content))
        for name, content in sorted(contents.items())
    ]


def lay_out(root: Path, code: str, number: int, contents: Mapping[str, bytes]) -> Path:
    """Return the folder of a version with these files."""
    with tempfile.TemporaryDirectory(dir=root.parent) as build:
        for name, content in contents.items():
            (Path(build) / name).write_bytes(content)
        return lay_out_folder(root, code, number, Path(build), described(contents))
