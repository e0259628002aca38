"""Counts a lab as used while a cell runs, whether it says anything or not: the hub ends what was idle for long."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from jupyter_server.serverapp import ServerWebApplication


def is_busy(kernels: Any) -> bool:
    """Tell whether one of the kernels runs a cell."""
    return any(model.get("execution_state") == "busy" for model in kernels.list_kernels())


def count_running_cells() -> None:
    """Replace what the server tells the hub: its own figure is the time of the last message, and a long cell sends none."""
    original = ServerWebApplication.last_activity

    def last_activity(self: Any) -> datetime:
        if is_busy(self.settings["kernel_manager"]):
            return datetime.now(UTC)
        found: datetime = original(self)
        return found

    ServerWebApplication.last_activity = last_activity
