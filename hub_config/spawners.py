"""Starts one network-less sandbox per trainee and hands it a listening socket that it cannot replace."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyterhub.spawner import Spawner
from tornado.web import HTTPError
from traitlets import Any as AnyTrait

from hub_config import running_labs, sandbox
from hub_config.machine import DiskLevel, available_memory, disk_level
from hub_config.portal_mounts import PortalAway, prepare_mounts
from hub_config.running_labs import RunningLab
from hub_config.settings import LAB_UID_BASE
from hub_config.starting import Start, Started, start_behind_walls, start_in_the_open
from hub_config.walls import Lab

NAME = re.compile(r"u([1-9][0-9]{0,8})")
LOG_BYTES = 1 << 20
NO_MEMORY = (
    "服务器内存不足，暂时不能打开新的实训室；已打开的不受影响。其他人关闭实训室后会自动进入。"
    " / The server is short of memory, so no further lab opens just now; open ones go on. You enter as others close theirs."
)
NO_DISK = (
    "服务器磁盘空间不足，暂时不能打开新的实训室；已提交的作业不受影响。请告知管理员清理磁盘。"
    " / The server's disk is nearly full, so no further lab opens; what was submitted is safe. Please tell the operator."
)


class LabNotStarted(Exception):
    """The lab could not be started; the text is for the person who waits for it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.jupyterhub_message = message


class NoRoom(HTTPError):
    """The machine has no room for another lab just now: a page that waits says so, and tries again by itself."""

    def __init__(self, message: str) -> None:
        super().__init__(429)
        self.jupyterhub_message = message
        self.waits_for_room = True


class BubblewrapSpawner(Spawner):
    """Starts, watches and ends the lab of one trainee."""

    settings = AnyTrait(help="The hub's HubSettings; set by configurer.py").tag(config=True)
    lab: RunningLab | None = None
    started: Started | None = None

    @property
    def number(self) -> int:
        """The person's number in the portal. Raises LabNotStarted for a name the portal never gave."""
        match = NAME.fullmatch(self.user.name)
        if match is None:
            raise LabNotStarted("登录名无效，请重新登录。 / Unknown kind of user name; please sign in again.")
        return int(match[1])

    @property
    def host_uid(self) -> int | None:
        """The host user id of this lab alone, or None when the hub has no right to change ids."""
        return LAB_UID_BASE + self.number if self.settings.is_root else None

    @property
    def home(self) -> Path:
        """The person's folder on the host. Raises LabNotStarted for a name the portal never gave."""
        path: Path = self.settings.homes / f"u{self.number}"
        return path

    @property
    def socket_path(self) -> Path:
        """Where the proxy reaches this lab."""
        path: Path = self.settings.lab_sockets / self.user.name
        return path

    def lab_folders(self) -> Lab:
        """Return what the walls of this lab are made from."""
        return Lab(
            user=self.user.name,
            home=self.home,
            lab_environment=self.settings.lab_environment,
            datasets=self.settings.mounts / self.user.name,
            hub_sockets=self.settings.hub_socket.parent,
            portal_sockets=self.settings.portal_sockets,
            kernels=self.settings.kernels / self.user.name,
            news=self.settings.news / self.user.name,
        )

    def load_state(self, state: dict[str, Any]) -> None:
        """Find a lab again that outlived the hub."""
        super().load_state(state)
        if state.get("lab"):
            self.lab = RunningLab(**state["lab"])

    def get_state(self) -> dict[str, Any]:
        """Return what finds the lab again after a restart of the hub."""
        state: dict[str, Any] = super().get_state()
        if self.lab is not None:
            state["lab"] = asdict(self.lab)
        return state

    def clear_state(self) -> None:
        """Forget a lab that ended."""
        super().clear_state()
        self.lab = None
        self.started = None

    async def start(self) -> str:
        """Start the lab and return the address of its socket. Raises LabNotStarted."""
        self._require_room()
        self._make_folders()
        self._end_forgotten_lab()
        await self._ask_for_data()
        isolated = self._is_isolated()
        with self._listening_socket() as listener, self._log() as log:
            self.started = self._launch(listener, log, isolated=isolated)
        self.lab = await self._running()
        running_labs.record(self.settings.lab_sockets, self.lab)
        await self._refuse_early_death()
        return f"http+unix://{quote(str(self.socket_path), safe='').lower()}"

    async def poll(self) -> int | None:
        """Return None while the lab runs, else a number."""
        self._reap()
        if self.lab is not None and self.lab.is_alive() and self.lab.has_launcher():
            return None
        if self.lab is not None:
            self.lab.kill()  # a server without its launcher has no kernels, a launcher without its server no use
            self._reap()
        self.clear_state()
        return 0

    async def stop(self, now: bool = False) -> None:
        """End the lab, gently first unless `now`."""
        if self.lab is not None:
            if not now:
                self.lab.ask_to_end()
                await self._wait_for_end(100)
            self.lab.kill()
            await self._wait_for_end(50)
        running_labs.forget(self.settings.lab_sockets, self.user.name)
        self._remove_socket()
        self._reap()

    def _reap(self) -> None:
        """Take the exit status of what ended, so that no zombie stays."""
        if self.started is not None:
            for process in (self.started.server, self.started.launcher):
                if process is not None:
                    process.poll()

    def _make_folders(self) -> None:
        # Not the lab's to write: it decides what the launcher starts and what the page says.
        self.lab_folders().news.mkdir(exist_ok=True)
        self.lab_folders().news.chmod(0o755)
        for folder in (self.home, self.lab_folders().kernels):
            folder.mkdir(mode=0o700, exist_ok=True)
            if self.host_uid is not None:
                os.chown(folder, self.host_uid, self.host_uid)

    def _require_room(self) -> None:
        """Start no lab that would take the last of the machine. Raises NoRoom."""
        bounds = self.settings.bounds
        if available_memory() < bounds.free_memory:
            raise NoRoom(NO_MEMORY)
        if disk_level(self.settings.homes, bounds.free_disk) >= DiskLevel.LABS:
            raise NoRoom(NO_DISK)

    def _end_forgotten_lab(self) -> None:
        """End a lab of this user that the hub lost, so that two never share one home."""
        lab = running_labs.recorded(self.settings.lab_sockets, self.user.name)
        if lab is not None:
            lab.kill()
            running_labs.forget(self.settings.lab_sockets, self.user.name)

    async def _ask_for_data(self) -> None:
        """Have the portal lay out exactly the data that this person may use. Raises LabNotStarted."""
        api, token = self.settings.hub_api_socket, self.settings.secret("hub_service_token")
        try:
            await asyncio.to_thread(prepare_mounts, api, self.user.name, token)
        except PortalAway as problem:
            self.log.warning("The portal did not lay out the data of %s: %s", self.user.name, problem)
            raise LabNotStarted(
                "暂时无法核对数据使用授权，实训没有启动，请稍后重试。"
                " / Your grants of data cannot be checked at the moment, so the lab was not started. Please try again later."
            ) from problem

    def _is_isolated(self) -> bool:
        if self.lab_folders().system_calls.exists() and sandbox.works_for(self.host_uid):
            return True
        if self.settings.allows_insecure_labs:
            self.log.warning("CHENGXUE_INSECURE_LABS=1: %s runs without a sandbox", self.user.name)
            return False
        raise LabNotStarted(
            "本机不能建立隔离环境，实训没有启动。请联系管理员检查 bubblewrap。"
            " / This machine cannot isolate labs, so none was started. Please ask the operator to check bubblewrap."
        )

    @contextlib.contextmanager
    def _listening_socket(self) -> Iterator[socket.socket]:
        """Open the lab's socket in a folder that no sandbox sees.

        Whoever can replace the path of a socket decides where the proxy connects to.
        """
        self._remove_socket()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.socket_path))
            if self.settings.proxy_user:
                shutil.chown(self.socket_path, "root", self.settings.proxy_user)
            self.socket_path.chmod(0o660)
            listener.listen(128)
            # The proxy keeps the port that JupyterHub appends as a part of the name.
            self._socket_alias.symlink_to(self.socket_path.name)
            yield listener

    @property
    def _socket_alias(self) -> Path:
        return self.socket_path.with_name(f"{self.user.name}:80")

    def _remove_socket(self) -> None:
        for path in (self.socket_path, self._socket_alias):
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _log(self) -> Iterator[int]:
        path = self.settings.lab_logs / f"{self.user.name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _launch(self, listener: socket.socket, log: int, *, isolated: bool) -> Started:
        told = self.get_env()
        told["JUPYTERHUB_SERVICE_URL"] = f"http://127.0.0.1:8888{self.server.base_url}"
        start = Start(self.lab_folders(), self.host_uid, listener, log, told, self.get_args())
        return start_behind_walls(start) if isolated else start_in_the_open(start)

    async def _running(self) -> RunningLab:
        """Return the lab that was started: its sandbox's first process, whose end is its end. Raises LabNotStarted."""
        assert self.started is not None
        pid = self.started.server.pid
        launcher = self.started.launcher
        try:
            if self.started.info is not None:
                with os.fdopen(self.started.info, "rb") as info:
                    text = await asyncio.wait_for(asyncio.to_thread(info.read), timeout=10)
                pid = json.loads(text)["child-pid"]
            return RunningLab.of(self.user.name, pid, launcher.pid if launcher else 0)
        except (ValueError, KeyError, ProcessLookupError, TimeoutError) as error:
            raise self._failure() from error

    async def _refuse_early_death(self) -> None:
        """Watch the first second: JupyterHub waits for HTTP and never looks at the process."""
        for _ in range(10):
            if await self.poll() is not None:
                raise self._failure()
            await asyncio.sleep(0.1)

    def _failure(self) -> LabNotStarted:
        self.log.error("The lab of %s ended at once; see %s", self.user.name, self.settings.lab_logs)
        return LabNotStarted(
            "实训没有启动成功，请重试；若仍失败，请联系管理员查看日志。"
            " / The lab did not start. Please try again, or ask the operator to look at its log."
        )

    async def _wait_for_end(self, tenths: int) -> None:
        for _ in range(tenths):
            self._reap()
            if self.lab is None or self.lab.has_ended():
                return
            await asyncio.sleep(0.1)
