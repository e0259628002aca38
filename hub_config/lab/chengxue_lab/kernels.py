"""Kernels of this server, which run elsewhere: known by the environment alone, started by the launcher."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from chengxue_lab.apart import NotStarted, launcher
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerBase
from tornado.web import HTTPError

# The same folder, as the server and as the kernel see it.
FROM_SERVER, FROM_KERNEL = "/run/kernels", "/run/kernel"


class EnvironmentKernels(KernelSpecManager):
    """Knows the kernels that the environment brings; a description in the home names any program."""

    def _kernel_dirs_default(self) -> list[str]:
        return [f"{sys.prefix}/share/jupyter/kernels"]


class LaunchedProvisioner(KernelProvisionerBase):
    """Has a kernel started, watched and ended by the launcher."""

    connection: dict[str, Any]
    is_started = False

    @property
    def has_process(self) -> bool:
        """Whether the kernel was started and not cleaned up."""
        return self.is_started

    async def poll(self) -> int | None:
        """Return None while the kernel runs."""
        if not self.is_started:
            return 0
        code: int | None = launcher().ask("poll", self.kernel_id)["exit"]
        return code

    async def wait(self) -> int | None:
        """Return the exit code when the kernel has ended."""
        while await self.poll() is None:
            await asyncio.sleep(0.1)
        return self._end()

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and what it runs."""
        if self.is_started:
            launcher().ask("signal", self.kernel_id, number=signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Leave nothing of the kernel behind, its private folder neither."""
        self._end()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Agree on sockets in a folder that this server and this kernel alone see."""
        manager = self.parent
        manager.transport = "ipc"
        manager.ip = f"{FROM_SERVER}/{self.kernel_id}/s"
        session = kwargs.get("env", {}).get("JPY_SESSION_NAME", "")
        manager.write_connection_file(jupyter_session=session)
        self.connection = manager.get_connection_info()
        return await super().pre_launch(cmd=[self.kernel_spec.display_name], session=session, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Start the kernel; of the server's variables it gets none."""
        written = json.loads(Path(self.parent.connection_file).read_text(encoding="utf-8"))
        written["ip"] = f"{FROM_KERNEL}/s"
        try:
            launcher().ask(
                "kernel",
                self.kernel_id,
                kernel=Path(self.kernel_spec.resource_dir).name,
                connection=json.dumps(written),
                folder=str(kwargs.get("cwd") or ""),
                session=str(kwargs.get("session") or ""),
            )
        except NotStarted as problem:
            raise HTTPError(503, str(problem)) from problem
        self.is_started = True
        return self.connection

    def _end(self) -> int:
        if not self.is_started:
            return 0
        self.is_started = False
        return int(launcher().ask("end", self.kernel_id)["exit"])
