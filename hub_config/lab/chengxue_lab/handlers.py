"""The addresses below /chengxue/ of a trainee's own server. Only its owner gets here; writes need the XSRF token."""

from __future__ import annotations

import html
import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chengxue_lab.outgoing import read_whole, verdict
from chengxue_lab.portal_client import PortalClient, PortalError
from chengxue_lab.room import FULL, NO_ROOM_EN, NO_ROOM_ZH
from chengxue_lab.room_handlers import LargestHandler, RoomHandler
from chengxue_lab.workspace import BadRelease, Workspace
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

UUID = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
NOT_OPENED = Path(__file__).with_name("not_opened.html")
LARGEST_NOTEBOOK_BYTES = 20 << 20
CHINA = timezone(timedelta(hours=8))


class _Assignments:
    """What every handler needs: the portal, the home, and which assignment belongs to which notebook."""

    settings: dict[str, Any]

    @property
    def workspace(self) -> Workspace:
        return Workspace(Path(self.settings["server_root_dir"]).expanduser())

    @property
    def portal(self) -> PortalClient:
        client: PortalClient = self.settings["chengxue_portal"]
        return client

    async def assignments(self) -> tuple[list[dict[str, Any]], bool]:
        """Return the caller's assignments and whether the portal is away and they come from memory."""
        try:
            found = (await self.portal.call("GET", "assignments")).json()["assignments"]
        except PortalError as error:
            if not error.is_away:
                raise
            return self.workspace.remembered(), True
        # A home without room still opens: the list is only for the time when the portal is away.
        with suppress(OSError):
            self.workspace.remember(found)
        return found, False

    async def assignment(self, uuid: str) -> dict[str, Any]:
        """Return one assignment, from memory when the portal is away. Raises PortalError."""
        found: dict[str, Any]
        try:
            found = (await self.portal.call("GET", f"assignments/{uuid}")).json()
        except PortalError as error:
            remembered = [item for item in self.workspace.remembered() if item.get("uuid") == uuid]
            if not error.is_away or not remembered:
                raise
            found = remembered[0]
        return found

    async def release(self, uuid: str) -> bytes:
        """Return the archive of an assignment's release."""
        archive: bytes = (await self.portal.call("GET", f"assignments/{uuid}/files.zip")).body
        return archive


class _Api(_Assignments, APIHandler):
    """Answers JSON, errors too, in the form of the lab API."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, BadRelease):
            error = PortalError(502, "bad_release", "实训文件有误，请告知教师。", "The lab's files are broken.")
        if not isinstance(error, PortalError):
            super().write_error(status_code, **kwargs)
            return
        self.set_status(error.status)
        self.finish(json.dumps(error.as_dict(), ensure_ascii=False))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if isinstance(value, PortalError):
            self.log.warning("%s %s: %s", self.request.method, self.request.path, value.code)
        else:
            super().log_exception(typ, value, tb)

    def answer(self, body: bytes | dict[str, Any], status: int = 200) -> None:
        """Finish with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False))


class OpenHandler(_Assignments, JupyterHandler):
    """Brings the files of an assignment into the home where they are missing, and opens its notebook."""

    @web.authenticated
    async def get(self, uuid: str) -> None:
        """Redirect to the notebook, or say why it cannot be opened."""
        try:
            state = await self.assignment(uuid)
            await self._fetch_missing(uuid, state)
        except (PortalError, BadRelease) as error:
            self._explain(error)
            return
        notebook = quote(state["notebook"])
        # Each lab has a workspace of its own: tabs of another lab, restored and in front, have had theirs submitted.
        workspace = f"{state['run']}-{state['lab']}"
        self.redirect(url_path_join(self.base_url, "lab", "workspaces", workspace, "tree", notebook))

    async def _fetch_missing(self, uuid: str, state: dict[str, Any]) -> None:
        notebook = self.workspace.inside(state["notebook"])
        try:
            self.workspace.add_missing(f"{state['run']}/{state['lab']}", await self.release(uuid))
        except PortalError:
            # Work that is here already can go on without the portal.
            if not notebook.exists():
                raise
        except OSError as error:
            # ... and without room.
            if not notebook.exists():
                raise PortalError(507, "home_full", NO_ROOM_ZH, NO_ROOM_EN) from error

    def _explain(self, error: Exception) -> None:
        if isinstance(error, PortalError):
            status, zh, en = error.status, error.message, error.message_en
        else:
            status, zh, en = (
                502,
                "实训文件有误，请告知教师。",
                "The lab's files are broken; please tell your instructor.",
            )
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        page = NOT_OPENED.read_text(encoding="utf-8")
        words = {
            "{message}": zh,
            "{message_en}": en,
            "{again}": self.request.uri or "",
            "{lab}": url_path_join(self.base_url, "lab"),
        }
        for name, word in words.items():
            page = page.replace(name, html.escape(word))
        self.finish(page)


class StateHandler(_Api):
    """Says which assignment a notebook belongs to."""

    @web.authenticated
    async def get(self) -> None:
        """Answer the assignment of the notebook `path`, or null."""
        path = self.get_query_argument("path")
        found, is_away = await self.assignments()
        matching = [item for item in found if item.get("notebook") == path]
        self.answer({"assignment": matching[0] if matching else None, "is_away": is_away})


class _SendsNotebook(_Api):
    async def notebook(self, uuid: str) -> bytes:
        """Return the saved notebook of an assignment. Raises PortalError when it is missing or too large."""
        state = await self.assignment(uuid)
        try:
            content: bytes = self.workspace.read(state["notebook"])
        except FileNotFoundError as error:
            raise PortalError(
                404,
                "notebook_missing",
                f"找不到 {state['notebook']}。请点“重新开始”恢复实训文件。",
                f"{state['notebook']} is missing. Choose “Start again” to restore it.",
            ) from error
        if len(content) > LARGEST_NOTEBOOK_BYTES:
            raise PortalError(
                413,
                "notebook_too_large",
                "笔记本超过 20 MB。请清除过大的输出，保存后再试。",
                "The notebook is larger than 20 MB. Clear large outputs, save, and try again.",
            )
        return content


class CheckHandler(_SendsNotebook):
    """Runs the visible tests on the saved notebook."""

    @web.authenticated
    async def post(self, uuid: str) -> None:
        """Answer the check's uuid."""
        sent = await self.portal.call("POST", f"assignments/{uuid}/checks", body=await self.notebook(uuid))
        self.answer(sent.body, sent.status)


class SubmitHandler(_SendsNotebook):
    """Hands the saved notebook in."""

    @web.authenticated
    async def post(self, uuid: str) -> None:
        """Answer the receipt. The same Idempotency-Key again answers the same receipt."""
        headers = {"Content-Type": "application/x-ipynb+json"}
        if key := self.request.headers.get("Idempotency-Key"):
            headers["Idempotency-Key"] = key
        sent = await self.portal.call(
            "POST", f"assignments/{uuid}/submissions", body=await self.notebook(uuid), headers=headers
        )
        self.answer(sent.body, sent.status)


class ResetHandler(_Api):
    """Starts an assignment again from its release."""

    @web.authenticated
    async def post(self, uuid: str) -> None:
        """Answer under which names the changed files were kept."""
        state = await self.assignment(uuid)
        archive = await self.release(uuid)
        at = datetime.now(CHINA)
        try:
            kept = self.workspace.start_again(f"{state['run']}/{state['lab']}", archive, at)
        except OSError as error:
            if error.errno in FULL:
                raise PortalError(507, "home_full", NO_ROOM_ZH, NO_ROOM_EN) from error
            raise
        self.answer({"kept": kept})


class StatusHandler(_Api):
    """Says how far a submission or a check is."""

    @web.authenticated
    async def get(self, uuid: str) -> None:
        """Answer the status, or 304 when it is the one that the caller has."""
        known = self.request.headers.get("If-None-Match")
        got = await self.portal.call(
            "GET", f"submissions/{uuid}/status", headers={"If-None-Match": known} if known else None
        )
        if got.etag:
            self.set_header("ETag", got.etag)
        if got.status == 304:
            self.set_status(304)
            self.finish()
            return
        self.answer(got.body)

    def compute_etag(self) -> None:
        """Leave the portal's own tag alone."""


class ResultHandler(_Api):
    """Gives receipt, score and results by question."""

    @web.authenticated
    async def get(self, uuid: str) -> None:
        """Answer the whole result of one submission or check."""
        self.answer((await self.portal.call("GET", f"submissions/{uuid}")).body)


class OutgoingHandler(_Api):
    """Says by which rule files leave this lab, and decides on one of them before it is downloaded."""

    @web.authenticated
    async def get(self) -> None:
        """Answer the rule and what became of held files."""
        self.answer((await self.portal.call("GET", "outgoing")).body)

    @web.authenticated
    async def post(self) -> None:
        """Answer whether the file `path` may leave now."""
        path = self.get_query_argument("path").strip("/")
        try:
            # The contents manager knows which paths are hidden and which lead away.
            content = read_whole(self.contents_manager.root_dir, self.contents_manager._get_os_path(path))
        except OSError as error:
            raise web.HTTPError(404) from error
        self.answer(await verdict(self.portal, content, path, "download"))


def add_handlers(server: Any) -> None:
    """Register all addresses at a Jupyter server."""
    server.web_app.settings["chengxue_portal"] = PortalClient()
    base = url_path_join(server.web_app.settings["base_url"], "chengxue")
    server.web_app.add_handlers(
        ".*$",
        [
            (f"{base}/open/{UUID}", OpenHandler),
            (f"{base}/state", StateHandler),
            (f"{base}/outgoing", OutgoingHandler),
            (f"{base}/room", RoomHandler),
            (f"{base}/room/largest", LargestHandler),
            (f"{base}/check/{UUID}", CheckHandler),
            (f"{base}/submit/{UUID}", SubmitHandler),
            (f"{base}/reset/{UUID}", ResetHandler),
            (f"{base}/status/{UUID}", StatusHandler),
            (f"{base}/result/{UUID}", ResultHandler),
        ],
    )
