"""The server's files: those of the home and the data, and nothing else of the server's own world by way of a link."""

from __future__ import annotations

import errno
import os
from typing import Any

from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

DATASETS = "/srv/datasets"


def is_shown(path: str, home: str) -> bool:
    """Tell whether a path, with every link followed, ends in the home or in the data."""
    real = os.path.realpath(path)
    places = (os.path.realpath(home), DATASETS)
    return any(real == place or real.startswith(f"{place}/") for place in places)


class LedOut(HTTPError):
    """A link leads out of the home."""

    def __init__(self, path: str) -> None:
        super().__init__(404, f"{path} leads out of the home")


class HomeFiles(AsyncLargeFileManager):
    """Reads and writes the home.

    A kernel can lay a link into the home that the server would follow in its own sandbox, which holds more than
    the kernel's: its processes, its sockets, its memory files.
    """

    def _files_handler_class_default(self) -> type[AuthenticatedFileHandler]:
        return HomeFileHandler

    def _get_os_path(self, path: str) -> str:
        found: str = super()._get_os_path(path)
        if not is_shown(found, self.root_dir):
            raise LedOut(path)
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


class HomeFileHandler(AuthenticatedFileHandler):
    """Serves the home's files as they are."""

    def validate_absolute_path(self, root: str, absolute_path: str) -> Any:
        """Refuse what a link leads to elsewhere."""
        if not is_shown(absolute_path, root):
            raise HTTPError(404)
        return super().validate_absolute_path(root, absolute_path)
