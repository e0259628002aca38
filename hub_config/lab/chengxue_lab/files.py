"""The server's files: those of the home and the data, and nothing else of the server's own world by way of a link."""

from __future__ import annotations

import errno
import os
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from jupyter_core.paths import is_hidden
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.services.contents.checkpoints import AsyncCheckpoints
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError, authenticated

from .inside import Inside, LedAway
from .outgoing import LeavesByTheGate, read_whole, size_of
from .portal_client import PortalError
from .room import FULL, NO_ROOM, may_grow_to

# Folders of this name are left from the time when there were checkpoints; the page does not show them.
OLD_CHECKPOINTS = ".ipynb_checkpoints"


class LedOut(HTTPError):
    """A link leads out of the home."""

    def __init__(self, path: str) -> None:
        super().__init__(404, f"{path} leads out of the home")


class NoCheckpoints(AsyncCheckpoints):
    """Keeps no second copy of a file.

    Jupyter keeps it in a folder beside the file, where a kernel can lay a link: restoring read whatever lay behind it.
    The page asks for a checkpoint after each save and is content with any answer.
    """

    async def create_checkpoint(self, contents_mgr: Any, path: str) -> dict[str, Any]:
        """Answer what the page wants to hear."""
        return {"id": "none", "last_modified": datetime.now(UTC)}

    async def list_checkpoints(self, path: str) -> list[dict[str, Any]]:
        """Return none."""
        return []

    async def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: str, path: str) -> None:
        """Find nothing."""
        raise HTTPError(404, "there are no checkpoints")

    async def delete_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """Find nothing."""
        raise HTTPError(404, "there are no checkpoints")

    async def rename_checkpoint(self, checkpoint_id: str, old_path: str, new_path: str) -> None:
        """Have nothing to rename."""


class HomeFiles(AsyncLargeFileManager):
    """Reads and writes the home.

    A kernel can lay a link into the home that the server would follow in its own sandbox, which holds more than
    the kernel's: its processes, its sockets, its memory files. What is opened, written, moved or removed is therefore
    reached by `Inside`, also when the path changes in the meantime.
    """

    @property
    def inside(self) -> Inside:
        """The home."""
        return Inside(self.root_dir)

    def _files_handler_class_default(self) -> type[AuthenticatedFileHandler]:
        return HomeFileHandler

    def _checkpoints_class_default(self) -> type[AsyncCheckpoints]:
        return NoCheckpoints

    def _use_atomic_writing_default(self) -> bool:
        # Here every file is written beside the old one and put in its place, so there is never half a file to repair.
        return False

    def _get_os_path(self, path: str) -> str:
        found: str = super()._get_os_path(path)
        try:
            self.inside.real(found)
        except LedAway as error:
            raise LedOut(path) from error
        return found

    async def get(self, path: str, content: bool = True, **options: Any) -> Any:
        """Return a file or folder; a folder is shown without the links that lead out of the home."""
        try:
            return await super().get(path, content=content, **options)
        except LedOut as error:
            if content:
                raise
            # One entry of a folder: this error alone is skipped there and leaves the rest to be seen.
            raise OSError(errno.ELOOP, str(error)) from error

    @contextmanager
    def perm_to_403(self, os_path: str = "") -> Iterator[None]:
        """Answer 403 or 404 and not 500 where the home says no."""
        try:
            with super().perm_to_403(os_path):
                yield
        except LedAway as error:
            raise LedOut(os.path.basename(os_path)) from error
        except NotADirectoryError as error:
            # What was a folder a moment ago has become a link.
            raise HTTPError(404, "not a folder") from error
        except OSError as error:
            if error.errno in FULL:
                raise HTTPError(507, NO_ROOM) from error
            raise

    @contextmanager
    def open(self, os_path: str, *arguments: Any, **options: Any) -> Iterator[Any]:
        """Open a file, for reading above all."""
        with super().open(os_path, *arguments, opener=self.inside.open, **options) as file:
            yield file

    @contextmanager
    def atomic_writing(self, os_path: str, text: bool = True, encoding: str = "utf-8") -> Iterator[Any]:
        """Write a file anew."""
        options: dict[str, Any] = {"mode": "w", "encoding": encoding, "newline": "\n"} if text else {"mode": "wb"}
        before = self._size_before(os_path)
        with self.perm_to_403(os_path), self.inside.replacing(os_path, **options) as file:
            yield file
            file.flush()
            _require_room(os.fstat(file.fileno()).st_size, before)

    def _size_before(self, os_path: str) -> int | None:
        try:
            return size_of(self.root_dir, os_path)
        except OSError:
            return None

    async def _save_large_file(self, os_path: str, content: str, format: str) -> None:
        try:
            more = content.encode() if format == "text" else b64decode(content.encode("ascii"))
        except (UnicodeError, NotBase64) as error:
            raise HTTPError(400, "the content is not what its format says") from error
        _require_room(len(more), None)
        with self.perm_to_403(os_path), self.open(os_path, "ab") as file:
            file.write(more)

    async def _save_directory(self, os_path: str, model: Any, path: str = "") -> None:
        if not os.path.exists(os_path) and not is_hidden(os_path, self.root_dir):
            _require_room(0, None)
            with self.perm_to_403(os_path):
                self.inside.make_folder(os_path)
            return
        await super()._save_directory(os_path, model, path)

    async def delete_file(self, path: str) -> None:
        """Remove a file or an empty folder."""
        os_path = self._get_os_path(path.strip("/"))
        if not self.allow_hidden and is_hidden(os_path, self.root_dir):
            raise HTTPError(400, "hidden files are not removed here")
        if not os.path.exists(os_path):
            raise HTTPError(404, f"{path} does not exist")
        with self.perm_to_403(os_path):
            if os.path.islink(os_path) or not os.path.isdir(os_path):
                self.inside.unlink(os_path)
                return
            if set(self.inside.names(os_path)) - {OLD_CHECKPOINTS}:
                raise HTTPError(400, f"{path} is not empty")
            self.inside.remove_folder(os_path)

    async def rename_file(self, old_path: str, new_path: str) -> None:
        """Move a file or folder within the home."""
        old, new = (self._get_os_path(path.strip("/")) for path in (old_path, new_path))
        if old == new:
            return
        if not self.allow_hidden and (is_hidden(old, self.root_dir) or is_hidden(new, self.root_dir)):
            raise HTTPError(400, "hidden files are not moved here")
        if os.path.lexists(new):
            raise HTTPError(409, f"{new_path} exists already")
        try:
            with self.perm_to_403(old):
                self.inside.rename(old, new)
        except FileNotFoundError as error:
            raise HTTPError(404, f"{old_path} does not exist") from error

    async def _copy_dir(self, from_path: str, to_path_original: str, to_name: str, to_path: str) -> Any:
        source = self._get_os_path(from_path.strip("/"))
        target = f"{self._get_os_path(to_path_original.strip('/'))}/{to_name}"
        _require_room(0, None)
        try:
            with self.perm_to_403(target):
                self.inside.copy_folder(source, target)
        except OSError as error:
            raise HTTPError(400, f"{from_path} cannot be copied: {error.strerror}") from error
        return await self.get(to_path, content=False)


def _require_room(octets: int, before: int | None) -> None:
    """Keep a full home from growing further. Raises HTTPError with a sentence that the page shows."""
    if not may_grow_to(octets, before=before):
        raise HTTPError(507, NO_ROOM)


class HomeFileHandler(LeavesByTheGate, AuthenticatedFileHandler):
    """Serves the home's files as they are, once the portal has seen them."""

    def validate_absolute_path(self, root: str, absolute_path: str) -> Any:
        """Refuse what a link leads to elsewhere."""
        try:
            Inside(root).real(absolute_path)
        except LedAway as error:
            raise HTTPError(404) from error
        return super().validate_absolute_path(root, absolute_path)

    @authenticated
    @authorized
    async def get(self, path: str, include_body: bool = True) -> None:
        """Send exactly the bytes that the portal let through, never a part of a file and nothing from a cache."""
        self.check_xsrf_cookie()
        self.path = self.parse_url_path(path)
        self.absolute_path = self.validate_absolute_path(self.root, self.get_absolute_path(self.root, self.path))
        if self.absolute_path is None:
            return
        try:
            # The file that is inside now, and not one that took its place since the path was looked at.
            content = read_whole(self.root, self.absolute_path) if include_body else b""
            size = len(content) if include_body else size_of(self.root, self.absolute_path)
        except PortalError as error:
            self.say_held(error.status, error.message, error.message_en)
            return
        except OSError as error:
            raise HTTPError(404) from error
        if include_body and not await self.may_leave(content, path, "download"):
            return
        self.set_header("Content-Type", self.get_content_type())
        self.set_header("Content-Length", str(size))
        self.set_header("Cache-Control", "no-store")
        if path.endswith(".ipynb") or self.get_argument("download", None):
            self.set_attachment_header(path.rpartition("/")[2])
        if include_body:
            self.write(content)
        await self.finish()
