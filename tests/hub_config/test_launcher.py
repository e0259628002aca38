"""The launcher of a lab's kernels, driven as the server drives it, with real sandboxes and a small kernel of its own."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hub_config import sandbox
from hub_config.lab.chengxue_lab import launcher as launcher_module
from hub_config.lab.chengxue_lab.apart import Launcher, NotStarted
from hub_config.starting import launcher_orders
from hub_config.walls import NEWS_FILE, PROGRAM_GOES, Lab
from labs.grader.engine.inside import seccomp
from tests.hub_config.lab.test_removing import nest

LAUNCHER = Path(launcher_module.__file__)
# Says what it sees into its private folder, notes each interrupt, and waits.
KERNEL = """
import json, os, resource, signal, sys, time
import subprocess
sleeper = subprocess.Popen(["sleep", "600"])
signal.signal(signal.SIGINT, lambda *_: open("/run/kernel/interrupted", "w").close())
seen = {"connection": open(sys.argv[1]).read(), "cwd": os.getcwd(), "variables": dict(os.environ),
        "processes": len([n for n in os.listdir("/proc") if n.isdigit()]), "run": sorted(os.listdir("/run")),
        "status": open("/proc/self/status").read(), "most": resource.getrlimit(resource.RLIMIT_NPROC), "home": os.access(os.environ["HOME"], os.W_OK),
        "goes": open("/proc/self/oom_score_adj").read().strip()}
open("/run/kernel/new", "w").write(json.dumps(seen))
os.rename("/run/kernel/new", "/run/kernel/seen.json")
while True:
    time.sleep(0.05)
    if os.path.exists("/run/kernel/leave"):
        os._exit(7)
"""

pytestmark = pytest.mark.skipif(not sandbox.works_for(None), reason="bubblewrap cannot make a sandbox here")


@dataclass
class Driven:
    """A launcher and the server's end of its socket."""

    lab: Lab
    process: subprocess.Popen[bytes]
    server: Launcher
    end: socket.socket = field(repr=False)

    def start(self, identity: str, **words: Any) -> Path:
        """Start a kernel and return its folder on the host when it runs."""
        asked = {"kernel": "python3", "connection": "{}", **words}
        self.server.ask("kernel", identity, **asked)
        folder = self.lab.kernels / identity
        wait_for(lambda: (folder / "seen.json").exists())
        return folder

    def seen(self, identity: str) -> dict[str, Any]:
        """Return what a kernel saw."""
        found: dict[str, Any] = json.loads((self.lab.kernels / identity / "seen.json").read_text(encoding="utf-8"))
        return found

    def poll(self, identity: str) -> int | None:
        """Return a kernel's exit code, or None while it runs."""
        code: int | None = self.server.ask("poll", identity)["exit"]
        return code


def wait_for(met: Any, seconds: float = 10) -> None:
    """Wait until something is so; fail when it never was."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def sandboxes(lab: Lab) -> list[str]:
    """Return the processes of this lab's kernels."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(lab.kernels).encode() in file.read_bytes() and b"bwrap" in file.read_bytes():
                found.append(file.parent.name)
    return found


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Folders of a lab, with an environment that holds one kernel."""
    environment = tmp_path / "environment"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin/python").symlink_to("/usr/bin/python3")
    spec = environment / "share/jupyter/kernels/python3"
    spec.mkdir(parents=True)
    spec.joinpath("kernel.json").write_text(json.dumps({"argv": ["python", "-c", KERNEL, "{connection_file}"]}))
    (tmp_path / "home/work").mkdir(parents=True)
    for name in ("datasets", "hub", "portal", "kernels", "news"):
        (tmp_path / name).mkdir()
    made = Lab(
        user="u3",
        home=tmp_path / "home",
        lab_environment=environment,
        datasets=tmp_path / "datasets",
        hub_sockets=tmp_path / "hub",
        portal_sockets=tmp_path / "portal",
        kernels=tmp_path / "kernels",
        news=tmp_path / "news",
    )
    seccomp.main([str(made.system_calls)])
    return made


@pytest.fixture
def driven(lab: Lab) -> Iterator[Driven]:
    """Yield a launcher that runs."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), str(theirs.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
        )
        assert process.stdin is not None
        with process.stdin:
            process.stdin.write(json.dumps(launcher_orders(lab)).encode())
        theirs.close()
        server = Launcher(os.dup(ours.fileno()))
        yield Driven(lab, process, server, ours)
        server.close()
    process.kill()
    process.wait()


def test_a_kernel_runs_in_a_sandbox_of_its_own_and_sees_no_token(driven: Driven) -> None:
    driven.start("k-1", connection='{"key": "k"}', folder="/home/u3/work", session="a.ipynb")

    seen = driven.seen("k-1")

    assert seen["connection"] == '{"key": "k"}'
    assert seen["cwd"] == "/home/u3/work"
    assert seen["processes"] <= 4
    assert seen["run"] == ["kernel", "portal"]
    assert seen["variables"]["JPY_SESSION_NAME"] == "a.ipynb"
    assert not [name for name in seen["variables"] if "TOKEN" in name or name.startswith(("JUPYTERHUB_", "LAB_"))]
    assert seen["most"] == [200, 200]
    assert "Seccomp:\t2" in seen["status"]
    assert "CapEff:\t0000000000000000" in seen["status"]


def test_an_interrupt_reaches_the_kernel_and_what_it_runs(driven: Driven) -> None:
    folder = driven.start("k-1")

    driven.server.ask("signal", "k-1", number=int(signal.SIGINT))

    wait_for(lambda: (folder / "interrupted").exists())
    assert driven.poll("k-1") is None


def test_a_kernel_that_ends_by_itself_is_noticed_and_leaves_nothing_running(driven: Driven) -> None:
    folder = driven.start("k-1")

    (folder / "leave").touch()

    wait_for(lambda: driven.poll("k-1") is not None)
    assert driven.poll("k-1") == 7
    wait_for(lambda: not sandboxes(driven.lab))
    driven.server.ask("end", "k-1")
    assert not folder.exists()


def test_a_killed_kernel_makes_room_for_the_next_of_its_name(driven: Driven) -> None:
    driven.start("k-1")
    driven.server.ask("signal", "k-1", number=int(signal.SIGKILL))
    wait_for(lambda: driven.poll("k-1") is not None)

    driven.start("k-1")

    assert driven.poll("k-1") is None


def test_a_link_that_a_kernel_left_for_its_successor_leads_nowhere(driven: Driven, tmp_path: Path) -> None:
    folder = driven.start("k-1")
    target = tmp_path / "stolen"
    (folder / "kernel.json").unlink()
    (folder / "kernel.json").symlink_to(target)

    driven.start("k-1", connection="secret")

    assert not target.exists()


def test_a_kernels_folder_deeper_than_recursion_ends_neither_launcher_nor_the_next(driven: Driven) -> None:
    folder = driven.start("k-1")
    nest(folder, 1100)

    assert driven.server.ask("end", "k-1")["exit"] is not None
    assert not folder.exists()

    nest(driven.start("k-1"), 1100)
    driven.start("k-1")
    assert driven.poll("k-1") is None


def test_what_a_former_launcher_left_behind_is_cleared_at_the_start(lab: Lab, request: pytest.FixtureRequest) -> None:
    (lab.kernels / "k-0").mkdir()
    nest(lab.kernels / "k-0", 1100)
    (lab.kernels / "k-0").chmod(0)

    driven: Driven = request.getfixturevalue("driven")

    assert driven.poll("k-1") == 0
    assert not (lab.kernels / "k-0").exists()


def test_a_folder_that_stays_makes_no_kernel_impossible(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher_module, "remove", lambda _: False)
    (lab.kernels / "k-1").mkdir()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        made = launcher_module.Launcher(launcher_orders(lab), theirs)._folder({"id": "k-1"})

    assert Path(made).is_dir()
    assert made.startswith(f"{lab.kernels}/k-1.")


def test_no_message_ends_the_launcher(driven: Driven) -> None:
    driven.end.settimeout(10)
    driven.end.send(b"[" * 200_000)

    assert b"RecursionError" in driven.end.recv(1 << 16)
    assert driven.poll("k-1") == 0


def test_the_servers_end_ends_every_kernel_and_the_launcher(driven: Driven) -> None:
    driven.start("k-1")
    driven.start("k-2")

    driven.server.close()
    driven.end.close()

    assert driven.process.wait(10) == 0
    assert not sandboxes(driven.lab)
    assert not list(driven.lab.kernels.iterdir())


def test_the_launchers_end_ends_every_kernel(driven: Driven) -> None:
    driven.start("k-1")

    driven.process.kill()
    driven.process.wait()

    wait_for(lambda: not sandboxes(driven.lab))
    with pytest.raises(NotStarted):
        driven.server.ask("poll", "k-1")


@pytest.mark.parametrize(
    ("do", "identity", "words"),
    [
        ("kernel", "../../home", {"kernel": "python3", "connection": ""}),
        ("kernel", "k-1", {"kernel": "../../../bin", "connection": ""}),
        ("kernel", "k-1", {"kernel": "other", "connection": ""}),
        ("kernel", "k-1", {}),
        ("signal", "k-9", {"number": 9}),
        ("signal", "k-9", {"number": "9"}),
        ("command", "k-1", {"argv": ["/bin/sh"]}),
    ],
)
def test_what_is_not_known_is_refused_and_the_launcher_goes_on(
    driven: Driven, do: str, identity: str, words: dict[str, Any]
) -> None:
    with pytest.raises(NotStarted):
        driven.server.ask(do, identity, **words)

    assert driven.poll("k-1") == 0


def test_a_folder_outside_the_home_is_not_begun_in(driven: Driven) -> None:
    driven.start("k-1", folder="/home/u3/../../etc")

    assert driven.seen("k-1")["cwd"] == "/home/u3"


def test_there_are_only_so_many(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(launcher_module.MOST_PROGRAMS):
        driven.server.terminal(f"t-{number}", rows=25, columns=80)

    with pytest.raises(NotStarted, match=str(launcher_module.MOST_PROGRAMS)):
        driven.server.terminal("one-more", rows=25, columns=80)


def test_a_terminal_is_a_real_one_with_job_control(driven: Driven) -> None:
    terminal = driven.server.terminal("t-1", rows=33, columns=99, folder="/home/u3/work")

    os.write(terminal, b"stty size; pwd; set -o | grep monitor; echo ${JUPYTERHUB_API_TOKEN-none} $((40+2))\n")

    said = read_until(terminal, "none 42")
    assert "33 99" in said
    assert "/home/u3/work" in said
    assert "on" in said.partition("monitor")[2]
    assert "no job control" not in said


def test_a_shell_that_leaves_closes_its_terminal(driven: Driven) -> None:
    terminal = driven.server.terminal("t-1", rows=25, columns=80)

    os.write(terminal, b"sleep 600 & exit 3\n")
    wait_for(lambda: driven.poll("t-1") == 3)

    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass
    wait_for(lambda: not sandboxes(driven.lab))


def read_until(terminal: int, mark: str) -> str:
    """Return what a terminal showed up to a mark."""
    said, deadline = "", time.monotonic() + 10
    while mark not in said:
        assert time.monotonic() < deadline, said
        if select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 65536).decode(errors="replace")
    return said


def test_the_machine_takes_a_kernel_first_when_memory_runs_out(driven: Driven) -> None:
    driven.start("one")

    assert driven.seen("one")["goes"] == str(PROGRAM_GOES)
    assert driven.seen("one")["home"]
    # The launcher's own place is the hub's to say; a kernel begins from any.
    assert Path(f"/proc/{driven.process.pid}/oom_score_adj").read_text(encoding="ascii").strip() != str(PROGRAM_GOES)


def test_a_kernel_that_begins_in_a_full_home_reads_it_and_runs(driven: Driven) -> None:
    said = driven.lab.news / NEWS_FILE
    said.write_text(json.dumps({"home": {"is_full": True}}), encoding="utf-8")
    driven.start("one")
    said.write_text(json.dumps({"home": {"is_full": False}}), encoding="utf-8")
    driven.start("two")

    assert not driven.seen("one")["home"]
    assert driven.seen("one")["variables"]["IPYTHONDIR"] == "/tmp/ipython"
    assert driven.seen("two")["home"]
    assert "IPYTHONDIR" not in driven.seen("two")["variables"]
