"""What a hub that is killed leaves behind: labs, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow


def cullers(hub: LocalHub) -> list[str]:
    """Process ids of this hub's cullers."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if "hub_config/culler.py" in command and f":{hub.port}/" in command:
            found.append(file.parent.name)
    return found


def test_no_culler_stays_behind(hub: LocalHub) -> None:
    hub.wait_until(lambda: len(cullers(hub)) == 1, 30, "the culler runs")

    hub.kill()

    hub.wait_until(lambda: not cullers(hub), 10, "the culler has ended")
    hub.start()
    hub.wait_until(lambda: len(cullers(hub)) == 1, 30, "one culler runs")
