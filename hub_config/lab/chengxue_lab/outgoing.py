"""What leaves the lab as a file is shown to the portal first; what the portal does not let through is not sent.

The bytes that were shown are the bytes that are sent: a kernel can change a file at any moment, so nothing here reads
it twice. What a person sees on the page is no file and passes: notebooks and texts that an editor opens.
"""

from __future__ import annotations

import html
import os
from base64 import b64decode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.nbconvert import handlers as nbconvert_handlers
from jupyter_server.services.contents import handlers as contents_handlers
from tornado import web

from .inside import Inside
from .portal_client import PortalClient, PortalError

HELD = Path(__file__).with_name("held.html")
LARGEST_BYTES = 20 << 20
# More text than an editor is used for is a download by another name.
LARGEST_SHOWN = 5 << 20


def too_large() -> PortalError:
    """Return the error for a file that is larger than any that leaves."""
    return PortalError(
        413,
        "too_large",
        "文件超过 20 MB，不能外发。请缩小后再试，或联系数据所属单位。",
        "The file is larger than 20 MB and cannot leave. Make it smaller, or ask the office of the data.",
    )


def read_whole(root: str, path: str) -> bytes:
    """Return the bytes of a file of the home. Raises PortalError when it is too large, OSError."""
    with open(path, "rb", opener=Inside(root).open) as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise too_large()
    return content


async def verdict(portal: PortalClient, content: bytes, name: str, route: str) -> dict[str, Any]:
    """Return what the portal decides of a file. Raises PortalError, also when the portal is away: then nothing leaves."""
    headers = {"X-File-Name": quote(name), "X-Route": route, "Content-Type": "application/octet-stream"}
    said: dict[str, Any] = (await portal.call("POST", "outgoing", body=content, headers=headers)).json()
    return said


class LeavesByTheGate:
    """For handlers: asks, and where the answer is no, says so on a page."""

    settings: dict[str, Any]

    async def may_leave(self, content: bytes, name: str, route: str) -> bool:
        """Return whether these bytes may be sent; if not, the request is finished."""
        try:
            said = await verdict(self.settings["chengxue_portal"], content, name, route)
        except PortalError as error:
            self.say_held(error.status, error.message, error.message_en)
            return False
        # Only a clear yes is one.
        if said.get("passes") is True:
            return True
        self.say_held(403, said.get("message", ""), said.get("message_en", ""), said)
        return False

    def say_held(self, status: int, message: str, message_en: str, said: dict[str, Any] | None = None) -> None:
        """Finish with a page that says what was found and where to ask."""
        handler: Any = self
        found = (said or {}).get("findings", [])
        lines = "".join(
            f'<li>{html.escape(str(each["message"]))}<br><span lang="en">{html.escape(str(each["message_en"]))}</span>'
            for each in found
        )
        page = HELD.read_text(encoding="utf-8")
        words = {"{message}": message, "{message_en}": message_en, "{page}": (said or {}).get("page", "")}
        for name, word in words.items():
            page = page.replace(name, html.escape(word))
        page = page.replace("{findings}", f"<ul>{lines}</ul>" if lines else "")
        page = page.replace("{link}", "" if (said or {}).get("page") else "hidden")
        handler.clear()
        handler.set_status(status)
        handler.set_header("Content-Type", "text/html; charset=utf-8")
        handler.set_header("Cache-Control", "no-store")
        handler.finish(page)


class _Seen:
    """The contents manager, but for one file that was read and shown to the portal already."""

    def __init__(self, manager: Any, model: dict[str, Any]) -> None:
        self._manager = manager
        self._model = model

    def __getattr__(self, name: str) -> Any:
        # Without it the converter opens nothing in the folder of the notebook.
        if name == "_get_os_path":
            raise AttributeError(name)
        return getattr(self._manager, name)

    async def get(self, **_: Any) -> dict[str, Any]:
        """Return what was read."""
        return self._model


class Conversion(LeavesByTheGate, nbconvert_handlers.NbconvertFileHandler):
    """Converts the notebook that the portal has seen."""

    _seen: _Seen | None = None

    @property
    def contents_manager(self) -> Any:
        """The manager, or what stands for it."""
        return self._seen or super().contents_manager

    @web.authenticated
    @authorized
    async def get(self, format: str, path: str) -> Any:
        """Show the notebook as it lies there to the portal, and convert exactly that."""
        self.check_xsrf_cookie()
        manager = self.contents_manager
        model = await manager.get(path=path.strip("/"), content=False)
        if model["type"] == "notebook":
            try:
                content = read_whole(manager.root_dir, manager._get_os_path(path.strip("/")))
                notebook = nbformat.reads(content.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
            except PortalError as error:
                self.say_held(error.status, error.message, error.message_en)
                return None
            except (OSError, ValueError) as error:
                raise web.HTTPError(404, "not a notebook") from error
            if not await self.may_leave(content, path.strip("/"), "export"):
                return None
            self._seen = _Seen(manager, {**model, "content": notebook, "format": "json"})
        return await super().get(format, path)


class Contents(LeavesByTheGate, contents_handlers.ContentsHandler):
    """Gives the page what it shows; a file that it could only save is shown to the portal first."""

    _seen: _Seen | None = None

    @property
    def contents_manager(self) -> Any:
        """The manager, or what stands for it."""
        return self._seen or super().contents_manager

    @web.authenticated
    @authorized
    async def get(self, path: str = "") -> Any:
        """Read once, ask where it is needed, and answer what was read."""
        path = path or ""
        manager = self.contents_manager
        wants = self.get_query_argument("content", default="1") == "1"
        kind = self.get_query_argument("type", default=None)
        coding = self.get_query_argument("format", default=None)
        # An unknown type is a file to the original, which refuses unknown formats itself.
        is_plain = kind not in ("directory", "notebook") and coding in (None, "text", "base64")
        if wants and is_plain and (manager.allow_hidden or not await manager.is_hidden(path)):
            wants_hash = self.get_query_argument("hash", default="0") == "1"
            kind = kind and "file"
            model = await manager.get(path=path, content=True, type=kind, format=coding, require_hash=wants_hash)
            if (content := _beyond_the_page(model)) is not None:
                if len(content) > LARGEST_BYTES:
                    raise web.HTTPError(413, _both(too_large().message, too_large().message_en))
                await self._require(content, path)
            self._seen = _Seen(manager, model)
        return await super().get(path)

    async def _require(self, content: bytes, path: str) -> None:
        try:
            said = await verdict(self.settings["chengxue_portal"], content, path, "contents")
        except PortalError as error:
            raise web.HTTPError(error.status, _both(error.message, error.message_en)) from error
        if said.get("passes") is not True:
            raise web.HTTPError(403, _both(f"{said['message']}{said['page']}", f"{said['message_en']} {said['page']}"))


def _both(message: str, message_en: str) -> str:
    # A sign of percent would be taken for a place to fill.
    return f"{message} / {message_en}".replace("%", "%%")


def _beyond_the_page(model: dict[str, Any]) -> bytes | None:
    """Return the bytes of what no editor shows; None for notebooks, folders and texts."""
    if model["type"] != "file":
        return None
    if model["format"] == "base64":
        return b64decode(model["content"])
    content = model["content"].encode()
    return content if len(content) > LARGEST_SHOWN else None


def refuse_to_save_the_api() -> None:
    """Let no address of the API be opened or saved as a page: it answers the scripts of the page alone."""
    prepare = APIHandler.prepare

    async def guarded(self: Any) -> None:
        if self.request.headers.get("Sec-Fetch-Mode") == "navigate":
            raise web.HTTPError(403, "an address of the API is no page; use Download")
        await prepare(self)

    APIHandler.prepare = guarded


def guard_what_leaves() -> None:
    """Replace the handlers that hand out files. Those of /files/ come with the contents manager."""
    for module, old, new in (
        (nbconvert_handlers, nbconvert_handlers.NbconvertFileHandler, Conversion),
        (contents_handlers, contents_handlers.ContentsHandler, Contents),
    ):
        module.default_handlers = [
            (pattern, new if handler is old else handler, *more) for pattern, handler, *more in module.default_handlers
        ]
    refuse_to_save_the_api()


def size_of(root: str, path: str) -> int:
    """Return how large a file of the home is. Raises OSError."""
    descriptor = Inside(root).open(path, os.O_RDONLY)
    try:
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
