"""Opens, writes, moves and makes files of the home so that no link decides where: only the standard library is used.

A path that was looked at and is opened afterwards can have become another: a kernel exchanges a folder and a link as
often as it likes. So links are followed first, in words, and what they lead to is opened folder by folder, each from
the descriptor of the one above it and none of them through a link. A path that changed in between is not found.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PosixPath, PurePosixPath
from typing import IO, Any

from .removing import remove_at

DATASETS = "/srv/datasets"
FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe in place of a file would otherwise hold the server until somebody writes to it.
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LedAway(OSError):
    """A path leads out of the home, or to something that is no file."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.ELOOP, "leads out of the home", path)


class Inside:
    """The home, and the data for reading."""

    def __init__(self, home: str | Path) -> None:
        self.home = os.path.realpath(home)

    def real(self, path: str | Path, *, of_link: bool = False) -> str:
        """Return a path without links; with `of_link` the last part may be one. Raises LedAway."""
        text = os.fspath(path)
        if of_link:
            folder, name = os.path.split(text.rstrip("/"))
            real = f"{os.path.realpath(folder)}/{name}"
        else:
            real = os.path.realpath(text)
        if real != self._base(real) and not real.startswith(f"{self._base(real)}/"):
            raise LedAway(text)
        return real

    def open(self, path: str | Path, flags: int, mode: int = 0o666) -> int:
        """Return the descriptor of a regular file. It serves as the `opener` of Python's own `open`."""
        with self._parent(self.real(path)) as (folder, name):
            descriptor = os.open(name, flags | FILE, mode, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise LedAway(os.fspath(path))
        return descriptor

    @contextmanager
    def replacing(self, path: str | Path, mode: str = "wb", **options: Any) -> Iterator[IO[Any]]:
        """Write a file beside the one of this path and put it in its place when all of it was written."""
        with self._parent(self.real(path)) as (folder, name):
            kept = _mode_of_writable(folder, name)
            new = f".~{secrets.token_hex(8)}"
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | FILE, 0o666, dir_fd=folder)
            try:
                with open(descriptor, mode, **options) as file:
                    if kept is not None:
                        os.fchmod(descriptor, kept)
                    yield file
                    file.flush()
                    os.fsync(descriptor)
                os.replace(new, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                os.unlink(new, dir_fd=folder)
                raise

    def make_folders(self, path: str | Path) -> None:
        """Make a folder and those above it where they are missing."""
        real = self.real(path)
        os.close(_walk(self._base(real), real, is_making=True))

    def make_folder(self, path: str | Path) -> None:
        """Make one folder. Raises FileExistsError."""
        with self._parent(self.real(path)) as (folder, name):
            os.mkdir(name, dir_fd=folder)

    def rename(self, old: str | Path, new: str | Path) -> None:
        """Move a file, a folder or a link itself, never by copying what a link leads to."""
        with (
            self._parent(self.real(old, of_link=True)) as (from_folder, from_name),
            self._parent(self.real(new, of_link=True)) as (to_folder, to_name),
        ):
            os.rename(from_name, to_name, src_dir_fd=from_folder, dst_dir_fd=to_folder)

    def unlink(self, path: str | Path) -> None:
        """Remove a file or a link itself."""
        with self._parent(self.real(path, of_link=True)) as (folder, name):
            os.unlink(name, dir_fd=folder)

    def remove_folder(self, path: str | Path) -> None:
        """Remove a folder and what is in it."""
        with self._parent(self.real(path, of_link=True)) as (folder, name):
            remove_at(name, folder)

    def names(self, path: str | Path) -> list[str]:
        """Return the names in a folder."""
        real = self.real(path)
        folder = _walk(self._base(real), real)
        try:
            return _names(folder)
        finally:
            os.close(folder)

    def copy_folder(self, old: str | Path, new: str | Path) -> None:
        """Copy a folder; its links stay links. Raises FileExistsError."""
        real = self.real(old)
        source = _walk(self._base(real), real)
        try:
            with self._parent(self.real(new)) as (folder, name):
                _copy_folder(source, folder, name)
        finally:
            os.close(source)

    def path_class(self) -> type[PosixPath]:
        """Return a class of paths for programs that know nothing of all this and use `pathlib`."""
        inside = self

        class HomePath(PosixPath):
            def open(  # type: ignore[override]
                self,
                mode: str = "r",
                buffering: int = -1,
                encoding: str | None = None,
                errors: str | None = None,
                newline: str | None = None,
            ) -> IO[Any]:
                return open(self, mode, buffering, encoding, errors, newline, opener=inside.open)

            def unlink(self, missing_ok: bool = False) -> None:
                inside.unlink(self)

            def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
                inside.make_folders(self)

        return HomePath

    def _base(self, real: str) -> str:
        return DATASETS if real == DATASETS or real.startswith(f"{DATASETS}/") else self.home

    @contextmanager
    def _parent(self, real: str) -> Iterator[tuple[int, str]]:
        base = self._base(real)
        if real == base:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), real)
        folder = _walk(base, os.path.dirname(real))
        try:
            yield folder, os.path.basename(real)
        finally:
            os.close(folder)


def _walk(base: str, real: str, *, is_making: bool = False) -> int:
    """Return the descriptor of a folder below `base`, which itself is a mount that no kernel can exchange."""
    folder = os.open(base, FOLDER)
    for part in PurePosixPath(real).relative_to(base).parts:
        try:
            below = _below(folder, part, is_making=is_making)
        finally:
            os.close(folder)
        folder = below
    return folder


def _below(folder: int, name: str, *, is_making: bool) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=folder)
    except FileNotFoundError:
        if not is_making:
            raise
    # Somebody else may have made it in the meantime; what it is shows when it is opened.
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=folder)
    return os.open(name, FOLDER, dir_fd=folder)


def _mode_of_writable(folder: int, name: str) -> int | None:
    """Return the permissions of a file that is there. Raises PermissionError for one that is not to be written."""
    try:
        descriptor = os.open(name, os.O_WRONLY | FILE, dir_fd=folder)
    except FileNotFoundError:
        return None
    try:
        return stat.S_IMODE(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)


def _names(folder: int) -> list[str]:
    # The walk's descriptors only stand for a place; this one can be read.
    readable = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.listdir(readable)
    finally:
        os.close(readable)


def _copy_folder(source: int, into: int, name: str) -> None:
    os.mkdir(name, dir_fd=into)
    target = os.open(name, FOLDER, dir_fd=into)
    try:
        for entry in _names(source):
            kind = os.stat(entry, dir_fd=source, follow_symlinks=False).st_mode
            if stat.S_ISLNK(kind):
                os.symlink(os.readlink(entry, dir_fd=source), entry, dir_fd=target)
            elif stat.S_ISDIR(kind):
                below = os.open(entry, FOLDER, dir_fd=source)
                try:
                    _copy_folder(below, target, entry)
                finally:
                    os.close(below)
            elif stat.S_ISREG(kind):
                _copy_file(source, target, entry)
    finally:
        os.close(target)


def _copy_file(source: int, target: int, name: str) -> None:
    with open(os.open(name, os.O_RDONLY | FILE, dir_fd=source), "rb") as old:
        kept = os.fstat(old.fileno()).st_mode
        made = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | FILE, 0o600, dir_fd=target)
        with open(made, "wb") as new:
            # A folder or pipe that took the file's place is not read.
            if stat.S_ISREG(kept):
                shutil.copyfileobj(old, new)
            os.fchmod(made, stat.S_IMODE(kept))
