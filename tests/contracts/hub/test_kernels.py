"""Kernels and terminals that live apart from their server behave as if they did not."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_config import running_labs
from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow


class Lab:
    """The lab of u3."""

    def __init__(self, hub: LocalHub) -> None:
        self.hub = hub
        hub.spawn("u3")
        self.token = hub.token_of("u3")

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Return what the lab answers, read."""
        headers = {"Authorization": f"token {self.token}"}
        answer = httpx.request(method, f"{self.hub.server('u3')}{path}", headers=headers, timeout=40, **options)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    def start(self) -> str:
        """Start a kernel and return its id."""
        return str(self.call("POST", "api/kernels", json={"name": "python3"})["id"])

    def folder(self, kernel: str) -> Path:
        """Return the kernel's private folder on the host."""
        return self.hub.var / "kernels" / "u3" / kernel


@pytest.fixture(scope="module")
def lab(hub: LocalHub) -> Lab:
    """Return a lab that runs."""
    return Lab(hub)


def first_processes(folder: Path) -> list[int]:
    """Return the processes of the sandbox that shows this folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in file.read_bytes():
                found.append(int(file.parent.name))
        except OSError:
            continue
    return found


def test_an_interrupt_ends_a_cell_and_not_the_kernel(lab: Lab) -> None:
    kernel = lab.start()
    said = lab.hub.run("u3", lab.token, "", "interrupt", kernel)

    assert "KeyboardInterrupt" in said
    assert kernel in [item["id"] for item in lab.call("GET", "api/kernels")]
    lab.call("DELETE", f"api/kernels/{kernel}")


def test_a_restart_gives_a_fresh_kernel_under_the_same_name(lab: Lab) -> None:
    kernel = lab.start()
    before = first_processes(lab.folder(kernel))

    assert lab.call("POST", f"api/kernels/{kernel}/restart")["id"] == kernel

    after = first_processes(lab.folder(kernel))
    assert before and after and not set(before) & set(after)
    lab.call("DELETE", f"api/kernels/{kernel}")


def test_a_kernel_that_was_shut_down_leaves_no_process_and_no_file(lab: Lab) -> None:
    kernel = lab.start()
    assert lab.folder(kernel).is_dir()

    lab.call("DELETE", f"api/kernels/{kernel}")

    assert not lab.folder(kernel).exists()
    assert not first_processes(lab.folder(kernel))


def test_the_server_notices_a_kernel_that_died_and_starts_it_again(lab: Lab) -> None:
    kernel = lab.start()
    before = first_processes(lab.folder(kernel))

    lab.hub.run("u3", lab.token, "print('another kernel is not disturbed')")
    lab.hub.run("u3", lab.token, "", "leave", kernel)

    lab.hub.wait_until(
        lambda: (now := first_processes(lab.folder(kernel))) and not set(now) & set(before), 20, "the kernel is back"
    )
    lab.call("DELETE", f"api/kernels/{kernel}")


def test_a_terminal_works_and_ends(lab: Lab) -> None:
    said = lab.hub.type("u3", lab.token, "stty size; pwd; sleep 100 & jobs; echo $((6*7)) seen", "42 seen")

    assert "31 97" in said
    assert "/home/u3" in said
    assert "Running" in said
    lab.hub.wait_until(lambda: not list((lab.hub.var / "kernels/u3").glob("terminal-*")), 10, "the shell has ended")


def test_home_and_data_are_the_same_for_server_and_kernel(lab: Lab) -> None:
    lab.hub.run("u3", lab.token, "import os; open(os.path.expanduser('~/made.txt'), 'w').write('by the kernel')")
    written = lab.call("GET", "api/contents/made.txt")["content"]
    lab.call("PUT", "api/contents/made.txt", json={"type": "file", "format": "text", "content": "by the server"})

    said = lab.hub.run("u3", lab.token, "import os; print(open(os.path.expanduser('~/made.txt')).read())")

    assert written == "by the kernel"
    assert said.strip() == "by the server"
    assert (lab.hub.var / "homes/u3/made.txt").stat().st_uid == (lab.hub.var / "homes/u3").stat().st_uid


def test_a_lab_that_lost_its_launcher_is_ended_and_starts_anew(lab: Lab) -> None:
    kernel = lab.start()
    # Before its sandbox stands, a kernel does not know yet that it has to end with its launcher.
    lab.hub.wait_until(lambda: any(lab.folder(kernel).glob("s-*")), 60, "the kernel runs")
    record = running_labs.recorded(lab.hub.runtime / "labs", "u3")
    assert record is not None
    os.kill(record.launcher_pid, 9)

    lab.hub.wait_until(lambda: not lab.hub.is_ready("u3"), 30, "the hub noticed")
    assert not record.is_alive()
    lab.hub.wait_until(lambda: not first_processes(lab.hub.var / "kernels" / "u3"), 10, "its kernels ended")
    lab.hub.spawn("u3")


def test_stopping_a_lab_ends_its_kernels_and_its_launcher(lab: Lab) -> None:
    lab.start()
    record = running_labs.recorded(lab.hub.runtime / "labs", "u3")
    assert record is not None

    lab.hub.call("DELETE", "users/u3/server")

    lab.hub.wait_until(lambda: not lab.hub.is_ready("u3"), 30, "the lab ended")
    assert not record.is_alive()
    lab.hub.wait_until(lambda: not first_processes(lab.hub.var / "kernels" / "u3"), 5, "its kernels ended")
    lab.hub.spawn("u3")


def test_kernels_outlive_the_hub_and_end_with_the_installation(lab: Lab) -> None:
    kernel = lab.start()
    lab.hub.kill()
    time.sleep(0.5)
    assert first_processes(lab.folder(kernel))

    running_labs.end_all(lab.hub.runtime / "labs")

    lab.hub.wait_until(lambda: not first_processes(lab.hub.var / "kernels" / "u3"), 5, "its kernels ended")
    lab.hub.start()


def test_of_all_this_nothing_stands_in_the_hubs_state_but_numbers(lab: Lab) -> None:
    lab.hub.spawn("u3")
    record = json.loads((lab.hub.runtime / "labs/u3.json").read_text(encoding="utf-8"))

    assert set(record) == {"user", "pid", "started", "launcher_pid", "launcher_started"}
