"""The warm process behind its socket."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.installation.laboratory import copy_grader
from tests.graders import ROOT, GraderProcess, answer_cell, encode, graded_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

SOURCE = make_notebook(answer_cell("a1", "x = 1"), graded_cell("q1", "assert x == 1"))
NOBODY = 65534
SLEEPING = "import subprocess\nsubprocess.run(['sleep', '{seconds}'])\nx = 1"


def packed(notebook: dict[str, object]) -> str:
    return base64.b64encode(encode(notebook)).decode("ascii")


@pytest.fixture
def own_grader(lab_environment: Path, tmp_path: Path) -> Iterator[GraderProcess]:
    process = GraderProcess(lab_environment, tmp_path / "grader.sock")
    process.start()
    yield process
    process.stop()


def processes_with(argument: str) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
        except OSError:
            continue
        if argument.encode() in words:
            found.append(int(folder.name))
    return found


def wait_until(argument: str, *, is_running: bool, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if bool(processes_with(argument)) == is_running:
            return True
        time.sleep(0.05)
    return False


def test_long_work_sends_heartbeats_and_carries_the_request_s_id(warm_grader: GraderProcess) -> None:
    slow = with_answers(SOURCE, a1="import time\ntime.sleep(3)\nx = 1")

    events = warm_grader.events(op="grade", id="run-7", source=packed(SOURCE), submission=packed(slow))

    assert [event["event"] for event in events[:-1]] == ["heartbeat"] * (len(events) - 1)
    assert len(events) >= 3
    assert events[-1]["id"] == "run-7"


def test_socket_is_closed_to_others(warm_grader: GraderProcess) -> None:
    assert stat.S_IMODE(warm_grader.socket_path.stat().st_mode) & 0o007 == 0


def test_many_clients_at_once_are_all_answered(warm_grader: GraderProcess) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: warm_grader.grade(SOURCE, SOURCE), range(8)))

    assert [result["score"] for result in results] == [2.0] * 8


def test_client_that_goes_away_takes_its_work_with_it(warm_grader: GraderProcess) -> None:
    slow = with_answers(SOURCE, a1=SLEEPING.format(seconds="86401"))
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(warm_grader.socket_path))
        request = {"op": "grade", "source": packed(SOURCE), "submission": packed(slow)}
        connection.sendall(json.dumps(request).encode() + b"\n")
        assert wait_until("86401", is_running=True)

    assert wait_until("86401", is_running=False)
    assert warm_grader.grade(SOURCE, SOURCE)["score"] == 2.0


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"[1]\n", b"\xff\xff\n", b"[" * 100_000 + b"\n", b"no line end"])
def test_garbage_does_not_end_the_service(warm_grader: GraderProcess, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(warm_grader.socket_path))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        answer = json.loads(connection.makefile().readline())

    assert answer["code"] == "bad_request"
    assert warm_grader.events(op="ping")[-1]["result"]["pong"] is True


def test_killed_grader_leaves_no_sandbox_and_starts_again_on_its_socket(own_grader: GraderProcess) -> None:
    slow = with_answers(SOURCE, a1=SLEEPING.format(seconds="86402"))
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(own_grader.socket_path))
        request = {"op": "grade", "source": packed(SOURCE), "submission": packed(slow)}
        connection.sendall(json.dumps(request).encode() + b"\n")
        assert wait_until("86402", is_running=True)

        own_grader.stop(signal.SIGKILL)

    assert wait_until("86402", is_running=False)
    own_grader.start()
    assert own_grader.grade(SOURCE, SOURCE)["score"] == 2.0


def sandboxes() -> set[int]:
    return set(processes_with("/opt/inside/zygote.py"))


def test_grader_killed_while_it_starts_leaves_no_sandbox_once_it_has_started_again(
    lab_environment: Path, tmp_path: Path
) -> None:
    before = sandboxes()
    command = [
        lab_environment / "bin/python",
        "-B",
        "-m",
        "labs.grading.engine",
        "serve",
        "--socket",
        tmp_path / "g.sock",
    ]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    for moment in range(8):
        with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL) as starting:
            deadline = time.monotonic() + 20
            while sandboxes() <= before and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(moment * 0.005)
            starting.kill()

    process = GraderProcess(lab_environment, tmp_path / "grader.sock")
    process.start()
    assert process.grade(SOURCE, SOURCE)["score"] == 2.0
    process.stop()

    deadline = time.monotonic() + 10
    while sandboxes() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sandboxes() <= before


def _orphan() -> int:
    """Return the process once it has become what it plays."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for pid in processes_with("/opt/inside/zygote.py"):
            if b"time.sleep(864)" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        time.sleep(0.02)
    raise AssertionError


def test_sandbox_whose_parent_went_too_early_is_ended_at_the_next_start(lab_environment: Path, tmp_path: Path) -> None:
    """What bubblewrap looks like while it waits for a parent that is gone: no parent, our arguments, our user."""
    uid = int(os.environ.get("CHENGXUE_SANDBOX_UID", "20001")) if os.geteuid() == 0 else os.geteuid()
    code = (
        "import os, sys\nif os.fork() == 0:\n    os.setsid()\n"
        "    os.execv(sys.executable, ['/x/bwrap', '-c', 'import time; time.sleep(864)', '/opt/inside/zygote.py'])"
    )
    subprocess.run([sys.executable, "-c", code], check=True, user=uid if os.geteuid() == 0 else None)
    orphan = _orphan()

    process = GraderProcess(lab_environment, tmp_path / "grader.sock")
    process.start()
    process.stop()

    assert orphan not in sandboxes()


def test_what_a_submission_runs_goes_first_when_memory_runs_out_and_the_grader_last(own_grader: GraderProcess) -> None:
    slow = with_answers(SOURCE, a1=SLEEPING.format(seconds="86403"))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(own_grader.events, op="grade", id="run", source=packed(SOURCE), submission=packed(slow))
        assert wait_until("86403", is_running=True)
        goes = [int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in processes_with("86403")]
        assert own_grader.process is not None
        own = int(Path(f"/proc/{own_grader.process.pid}/oom_score_adj").read_text())
        own_grader.stop(signal.SIGKILL)
        asked.exception(30)

    assert goes == [1000]
    assert own == 0


def test_asked_to_stop_it_removes_its_socket(lab_environment: Path, tmp_path: Path) -> None:
    process = GraderProcess(lab_environment, tmp_path / "grader.sock")
    process.start()

    process.stop()

    assert not process.socket_path.exists()


def test_without_a_sandbox_nothing_is_graded(lab_environment: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    eager = with_answers(SOURCE, a1=f"open({str(marker)!r}, 'w')")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        refusing = Path(name) / "bwrap"
        refusing.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        refusing.chmod(0o755)
        process = GraderProcess(lab_environment, tmp_path / "grader.sock", variables={"PATH": name})
        process.start()

        refusal = process.events(op="grade", source=packed(SOURCE), submission=packed(eager))[-1]
        process.stop()

    assert refusal["code"] == "sandbox_unavailable"
    assert "No permissions" in refusal["message"]
    assert not marker.exists()


def test_copied_package_works_as_an_ordinary_user(lab_environment: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("every other test here already runs as one")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        copy_grader(ROOT, folder / "chengxue_grader")
        (folder / "source.ipynb").write_bytes(encode(SOURCE))
        command = [lab_environment / "bin/python", "-B", "-m", "chengxue_grader", "grade"]
        command += ["--source", folder / "source.ipynb", "--submission", folder / "source.ipynb"]

        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": name},
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            capture_output=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["score"] == 2.0


def test_command_line_finds_the_lab_environment_itself(lab_environment: Path, tmp_path: Path) -> None:
    for name in ("source.ipynb", "submission.ipynb"):
        (tmp_path / name).write_bytes(encode(SOURCE))
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "link").symlink_to("/etc/passwd")
    command = [sys.executable, "-m", "labs.grading.engine", "grade", "--source", tmp_path / "source.ipynb"]
    command += ["--submission", tmp_path / "submission.ipynb", "--files", tmp_path / "files"]
    variables = {"PATH": os.environ["PATH"], "CHENGXUE_LAB_ENVIRONMENT": str(lab_environment)}

    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, check=False)
    missing = subprocess.run(
        [*command, "--files", "/nowhere"], cwd=ROOT, env=variables, capture_output=True, check=False
    )

    assert json.loads(done.stdout.splitlines()[-1])["score"] == 2.0
    assert missing.returncode == 2


def test_doctor_finds_this_host_fit(warm_grader: GraderProcess) -> None:
    report = warm_grader.events(op="doctor")[-1]["result"]

    assert report["ok"], report
    assert all(report["checks"].values())
