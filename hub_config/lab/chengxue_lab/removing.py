"""Removes what a trainee's program left: however deep, closed to its owner, and full of links. Standard library only."""

from __future__ import annotations

import contextlib
import os
import sys

FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove(path: str) -> bool:
    """Remove a file or a folder with all below; False, and a line in the log, when something could not be removed."""
    try:
        parent = os.open(os.path.dirname(path) or ".", os.O_PATH | FOLDER)
        try:
            remove_at(os.path.basename(path), parent)
        finally:
            os.close(parent)
    except FileNotFoundError:
        return True
    except Exception as problem:
        sys.stderr.write(f"not removed: {path!a}: {problem!a}\n")
        return False
    return True


def remove_at(name: str, parent: int) -> None:
    """Remove what has this name in an open folder. Raises OSError."""
    try:
        root = _opened(name, parent)
    except NotADirectoryError:  # a link too
        os.unlink(name, dir_fd=parent)
        return
    try:
        while _empty(root, root):
            pass
    finally:
        os.close(root)
    os.rmdir(name, dir_fd=parent)


def _empty(folder: int, root: int) -> int:
    """Go once through a folder and return how many entries it had; its own folders are emptied later, in `root`.

    `shutil.rmtree` calls itself for each level and so ends at a depth that a program chooses; a way down by open
    folders ends at the limit of descriptors. Moved up to `root`, every folder is one level deep.
    """
    number = 0
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries, 1):  # noqa: B007 - the count is the answer
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.name, dir_fd=folder)
                continue
            below = _opened(entry.name, folder)
            try:
                if folder == root:
                    while _empty(below, root):
                        pass
                    os.rmdir(entry.name, dir_fd=root)
                else:
                    os.rename(entry.name, os.urandom(16).hex(), src_dir_fd=folder, dst_dir_fd=root)
            finally:
                os.close(below)
    return number


def _opened(name: str, parent: int) -> int:
    """Open a folder, never through a link, and make it ours to read and to move first."""
    handle = os.open(name, os.O_PATH | FOLDER, dir_fd=parent)
    try:
        with contextlib.suppress(PermissionError):  # another's, as below a home that root clears: try all the same
            # By the descriptor: a path could be a link by now, and there is no chmod that follows none.
            os.chmod(f"/proc/self/fd/{handle}", 0o700)
        return os.open(".", os.O_RDONLY | FOLDER, dir_fd=handle)
    finally:
        os.close(handle)
