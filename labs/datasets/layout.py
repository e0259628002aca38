"""Released data on disk, as labs mount it: `<code>/<version>/…`, complete or not there, read-only, readable by every lab."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.durable import sync

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


def version_digest(files: list[ReleasedFile]) -> str:
    """Digest over names and digests of all files, by which a version is named."""
    lines = (f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda file: file.name))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def lay_out_folder(root: Path, code: str, number: int, source: Path, files: list[ReleasedFile]) -> Path:
    """Lay the durable files of `source` out as a version, in one step and without copying where that can be.

    A folder without a row, left by a crash, is taken over when it holds the same and replaced otherwise.
    """
    target = root / code / str(number)
    if target.exists():
        if not problems_of(target, files):
            return target
        target.chmod(0o700)
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in (root, target.parent):
        if folder.stat().st_mode & 0o755 != 0o755:
            folder.chmod(0o755)
    scratch = Path(tempfile.mkdtemp(prefix=f".{number}-", dir=target.parent))
    try:
        for file in files:
            link_or_copy(source / file.name, scratch / file.name)
            (scratch / file.name).chmod(FILE_MODE)
        sync(scratch)
        scratch.rename(target)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    target.chmod(FOLDER_MODE)
    sync(target.parent)
    return target


def link_or_copy(source: Path, target: Path) -> None:
    """Give the file a second name; a durable copy where the two lie on different disks."""
    try:
        os.link(source, target)
    except OSError as problem:
        if problem.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK):
            raise
        shutil.copyfile(source, target)
        sync(target)


def problems_of(folder: Path, files: list[ReleasedFile], *, checks_modes: bool = True) -> list[str]:
    """Return what differs between the files on disk and the version's row; nothing when all is well."""
    found = []
    for file in files:
        path = folder / file.name
        if not path.is_file():
            found.append(f"{path}: 缺失 / missing")
        elif _digest(path) != file.sha256:
            found.append(f"{path}: 内容被改动 / changed")
        elif checks_modes and path.stat().st_mode & 0o777 != FILE_MODE:
            found.append(f"{path}: 权限应为 / mode should be {FILE_MODE:o}")
    known = {file.name for file in files}
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return [*found, *(f"{folder / name}: 多余 / unknown" for name in sorted(present - known))]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
