"""One verified file that holds an installation: a tar whose first member lists every other with its SHA-256."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from portal.installation.messages import Refusal
from portal.installation.walking import LeftOut, files_below

MANIFEST = "manifest.json"
FORMAT = 1
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Member:
    """A file or a link of the archive; `sha256` of a link is that of its target's name."""

    name: str
    kind: str
    size: int
    sha256: str
    mode: int
    uid: int
    gid: int


class ArchiveWriter:
    """Writes members into a tar and remembers their digests."""

    def __init__(self, file: Path) -> None:
        self.tar = tarfile.open(file, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by close()
        self.members: list[Member] = []
        self.left_out = LeftOut()

    def add_tree(self, folder: Path, prefix: str) -> None:
        """Add everything below `folder` under the name `prefix`; what of a home cannot be added is left out and said."""
        for name, descriptor, found, target in files_below(folder, prefix, self.left_out):
            if descriptor >= 0:
                self._add_open_file(name, descriptor, found)
            else:
                self._add_entry(name, found, target)

    def add_file(self, path: Path, name: str) -> None:
        """Add one file under the name `name`."""
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            self._add_open_file(name, descriptor, os.fstat(descriptor))
        finally:
            os.close(descriptor)

    def close(self, about: dict[str, str]) -> None:
        """Write the manifest as the last member and close the file."""
        manifest = {"format": FORMAT, "about": about, "members": [asdict(member) for member in self.members]}
        # ASCII alone: a name may hold bytes that are no UTF-8, which JSON keeps as lone surrogates.
        body = json.dumps(manifest, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(body), 0o600
        self.tar.addfile(entry, io.BytesIO(body))
        self.tar.close()

    def _add_open_file(self, name: str, descriptor: int, found: os.stat_result) -> None:
        entry = _entry(name, found)
        entry.size = found.st_size
        with os.fdopen(os.dup(descriptor), "rb") as file:
            reader = _Digesting(file, found.st_size)
            self.tar.addfile(entry, reader)
        digest = reader.digest.hexdigest()
        self.members.append(_member(entry, "file", found.st_size, digest))

    def _add_entry(self, name: str, found: os.stat_result, target: str) -> None:
        entry = _entry(name, found)
        entry.type = tarfile.SYMTYPE if target else tarfile.DIRTYPE
        entry.linkname = target
        self.tar.addfile(entry)
        digest = hashlib.sha256(os.fsencode(target)).hexdigest() if target else ""
        self.members.append(_member(entry, "link" if target else "folder", 0, digest))


class _Digesting(io.RawIOBase):
    """Reads exactly `size` bytes, filling up with zeros when the file shrank meanwhile, and digests them."""

    def __init__(self, file: io.BufferedIOBase, size: int) -> None:
        self.file, self.left, self.digest = file, size, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        wanted = self.left if size < 0 else min(size, self.left)
        block = self.file.read(wanted)
        block += b"\0" * (wanted - len(block))
        self.left -= len(block)
        self.digest.update(block)
        return block


def verify(file: Path) -> dict[str, Any]:
    """Return the manifest of an archive after comparing every member with it. Raises Refusal."""
    try:
        with tarfile.open(file, "r:") as tar:
            seen = {entry.name: (_digest(tar, entry), entry) for entry in tar if entry.name != MANIFEST}
            manifest_file = tar.extractfile(MANIFEST)
            assert manifest_file is not None
            manifest: dict[str, Any] = json.loads(manifest_file.read())
    except (OSError, KeyError, ValueError, tarfile.TarError) as error:
        raise Refusal("backup_damaged", detail=f"{file}: {error}") from error
    expected = {member.name: member for member in members_of(manifest)}
    for name in expected.keys() | seen.keys():
        if name not in expected or name not in seen or seen[name][0] != expected[name].sha256:
            raise Refusal("backup_damaged", detail=name)
    return manifest


def members_of(manifest: dict[str, Any]) -> list[Member]:
    """Return the members that a manifest lists. Raises Refusal for another format."""
    if manifest.get("format") != FORMAT:
        raise Refusal("backup_damaged", detail=MANIFEST)
    try:
        return [Member(**member) for member in manifest["members"]]
    except (KeyError, TypeError) as error:
        raise Refusal("backup_damaged", detail=MANIFEST) from error


def extract(file: Path, folder: Path, *, keeps_owners: bool) -> int:
    """Unpack a verified archive into the empty `folder` and return the number of files.

    Links are made last, so that no file is ever written through one.
    """
    files, links, folders = 0, [], []
    with tarfile.open(file, "r:") as tar:
        for entry in tar:
            if entry.name == MANIFEST:
                continue
            target = folder / _safe(entry.name)
            if entry.isdir():
                target.mkdir(parents=True, exist_ok=True)
                folders.append((target, entry))
            elif entry.issym():
                links.append((target, entry))
            else:
                _write(tar, entry, target, keeps_owners=keeps_owners)
                files += 1
    for target, entry in links:
        target.symlink_to(entry.linkname)
        if keeps_owners:
            os.chown(target, entry.uid, entry.gid, follow_symlinks=False)
    for target, entry in reversed(folders):
        if keeps_owners:
            os.chown(target, entry.uid, entry.gid)
        target.chmod(entry.mode & 0o7777)
    return files


def _write(tar: tarfile.TarFile, entry: tarfile.TarInfo, target: Path, *, keeps_owners: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source = tar.extractfile(entry)
    assert source is not None
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        while block := source.read(BLOCK):
            output.write(block)
        if keeps_owners:
            os.fchown(output.fileno(), entry.uid, entry.gid)
        os.fchmod(output.fileno(), entry.mode & 0o777)
    moment = _moment(entry.mtime)
    os.utime(target, (moment, moment))


def _safe(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise Refusal("backup_damaged", detail=name)
    return str(path)


def _entry(name: str, found: os.stat_result) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.mtime = stat.S_IMODE(found.st_mode), _moment(found.st_mtime)
    entry.uid, entry.gid = found.st_uid, found.st_gid
    return entry


def _moment(seconds: float) -> int:
    """Return a time that every system can set: a file's owner writes any number there."""
    return int(min(max(seconds, 0), 2**33))


def _member(entry: tarfile.TarInfo, kind: str, size: int, digest: str) -> Member:
    return Member(entry.name, kind, size, digest, entry.mode, entry.uid, entry.gid)


def _digest(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> str:
    if entry.isdir():
        return ""
    if entry.issym():
        return hashlib.sha256(os.fsencode(entry.linkname)).hexdigest()
    source = tar.extractfile(entry)
    if source is None:
        raise ValueError(entry.name)
    digest = hashlib.sha256()
    while block := source.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()
