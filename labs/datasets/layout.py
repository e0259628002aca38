"""Released data on disk, as labs mount it: `<code>/<version>/…`, complete or not there, read-only, readable by every lab."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_MODE = 0o444
FOLDER_MODE = 0o555


@dataclass(frozen=True)
class ReleasedFile:
    """One file of a released version."""

    name: str
    sha256: str
    bytes: int

    def as_json(self) -> dict[str, str | int]:
        """As the version's row keeps it."""
        return asdict(self)


def describe_files(contents: Mapping[str, bytes]) -> list[ReleasedFile]:
    """Name, digest and size of every file, by name."""
    return [
        ReleasedFile(name, hashlib.sha256(content).hexdigest(), len(content))
        for name, content in sorted(contents.items())
    ]


def version_digest(files: list[ReleasedFile]) -> str:
    """Digest over names and digests of all files, by which a version is named."""
    lines = (f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda file: file.name))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def lay_out(root: Path, code: str, number: int, contents: Mapping[str, bytes]) -> Path:
    """Write a version's files under `root` in one step: a crash leaves nothing or all. An existing version is kept."""
    target = root / code / str(number)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in (root, target.parent):
        if folder.stat().st_mode & 0o755 != 0o755:
            folder.chmod(0o755)
    scratch = Path(tempfile.mkdtemp(prefix=f".{number}-", dir=target.parent))
    try:
        for name, content in contents.items():
            _write(scratch / name, content)
        _sync(scratch)
        scratch.rename(target)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    target.chmod(FOLDER_MODE)
    _sync(target.parent)
    return target


def problems_of(folder: Path, files: list[ReleasedFile]) -> list[str]:
    """What differs between the files on disk and the version's row; nothing when all is well."""
    found = []
    for file in files:
        path = folder / file.name
        if not path.is_file():
            found.append(f"{path}: 缺失 / missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            found.append(f"{path}: 内容被改动 / changed")
        elif path.stat().st_mode & 0o777 != FILE_MODE:
            found.append(f"{path}: 权限应为 / mode should be {FILE_MODE:o}")
    known = {file.name for file in files}
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return [*found, *(f"{folder / name}: 多余 / unknown" for name in sorted(present - known))]


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), FILE_MODE)
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
