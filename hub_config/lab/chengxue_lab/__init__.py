"""Jupyter server extension of 城学: opens assignments, checks and submits them, and says how they did."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "chengxue_lab"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Register the addresses below /chengxue/ at the server that loads this extension."""
    from chengxue_lab.handlers import add_handlers  # late: the exchange and the kernels do not need it

    add_handlers(server)
