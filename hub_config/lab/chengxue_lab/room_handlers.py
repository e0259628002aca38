"""The addresses of the meter: how much is used, what is largest, and away with it. A full lab answers them too."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from chengxue_lab import room
from chengxue_lab.activity import is_busy
from chengxue_lab.counting import count
from chengxue_lab.inside import Inside
from jupyter_server.base.handlers import APIHandler
from tornado import web

MOST_ENTRIES = 400_000
LISTED = 12
# Below this a file is nobody's trouble; the notebook itself is among the small ones.
LARGE = 1 << 20
# Below this a folder's number of entries is nobody's trouble.
MANY_ENTRIES = 200


class RoomHandler(APIHandler):
    """Says how much of its limits this lab uses, what was ended, and when it closes for being idle."""

    @web.authenticated
    async def get(self) -> None:
        """Answer the state. The page asks with `no_track_activity`: asking is no use of the lab."""
        state = room.state()
        busy = is_busy(self.kernel_manager)
        state["is_busy"] = busy
        if "idle_minutes" in state:
            used = self.application.last_activity()
            idle = (datetime.now(UTC) - used).total_seconds()
            state["idle_left_s"] = max(0, round(state["idle_minutes"] * 60 - idle))
        self.finish(json.dumps(state))


class LargestHandler(APIHandler):
    """Lists what takes the room of the home, and removes it."""

    @property
    def home(self) -> Any:
        return self.contents_manager.root_dir

    @web.authenticated
    async def get(self) -> None:
        """Answer the largest files and the folders with most entries."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(None, lambda: count(self.home, most=MOST_ENTRIES, largest=LISTED))
        files = [{"path": path, "octets": octets} for octets, path in found.largest if octets >= LARGE]
        folders = [{"path": path, "files": number} for number, path in found.fullest if path and number >= MANY_ENTRIES]
        self.finish(json.dumps({"files": files, "folders": folders}, ensure_ascii=False))

    @web.authenticated
    async def delete(self) -> None:
        """Remove the file, or the folder with all in it, of the argument `path`; hidden ones too."""
        path = self.get_query_argument("path").strip("/")
        if not path or path in (".", ".."):
            raise web.HTTPError(400, "path")
        inside = Inside(self.home)
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(None, _remove, inside, f"{self.home}/{path}")
        except FileNotFoundError:
            pass  # It is gone already.
        except OSError as error:
            raise web.HTTPError(409, f"没有删除成功：{error.strerror} / Not deleted: {error.strerror}") from error
        self.set_status(204)
        self.finish()


def _remove(inside: Inside, path: str) -> None:
    try:
        inside.unlink(path)
    except IsADirectoryError:
        inside.remove_folder(path)
