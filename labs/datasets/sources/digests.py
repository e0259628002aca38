"""Comparing what was fetched with the digest that was pinned."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .problems import ImportProblem

CHUNK = 1 << 20


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def require_digest(path: Path, expected: str, address: str) -> str:
    """Return the file's SHA-256. Raises ImportProblem when another one was pinned."""
    found = digest_of(path)
    if expected and found != expected.lower():
        raise ImportProblem(
            f"{address} 的 SHA-256 是 {found}，应为 {expected}；文件没有采用。",
            f"{address} has SHA-256 {found} instead of {expected} and is not used.",
        )
    return found
