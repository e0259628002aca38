"""Zip files to and from Labs: read without trust, nothing written to the disk."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from .frame import ApiError

MOST_ENTRIES = 500
LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files, the same bytes for the same content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """Return the files of a zip. Raises ApiError for broken ones, links, paths that lead elsewhere and bombs."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return {_name(entry): _content(archive, entry) for entry in _entries(archive)}
    except ApiError:
        raise
    # zipfile, zlib, lzma and bz2 raise a dozen unrelated types for what is one thing here: a broken archive.
    except Exception as problem:
        raise ApiError("bad_archive") from problem


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(archive.infolist()) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED_BYTES:
        raise ApiError("too_large")
    return entries


def notebook_in(files: Mapping[str, bytes], name: str) -> bytes:
    """Return the notebook of a submission: the one of that name, wherever it lies,
    else the only one. Raises ApiError."""
    notebooks = {path: content for path, content in files.items() if path.endswith(".ipynb") and "/." not in f"/{path}"}
    named = [content for path, content in notebooks.items() if PurePosixPath(path).name == name]
    if len(named) == 1:
        return named[0]
    if len(notebooks) == 1:
        return next(iter(notebooks.values()))
    raise ApiError("bad_archive", f"压缩包里应有一个 {name}。", f"The archive should hold one {name}.")


def _name(entry: zipfile.ZipInfo) -> str:
    path = PurePosixPath(entry.filename)
    mode = entry.external_attr >> 16
    is_link = bool(mode) and not (stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0)
    if is_link or path.is_absolute() or ".." in path.parts or "\\" in entry.filename or "\0" in entry.filename:
        raise ApiError("bad_archive")
    return str(path)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # The size in the head is only a claim: never read more than it says.
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise ApiError("bad_archive")
    return content
