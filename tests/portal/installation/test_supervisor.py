"""The supervisor with small programs instead of the real ones."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from portal.installation import records, supervisor
from portal.installation.messages import Refusal
from portal.installation.paths import Paths
from portal.installation.people import Account
from portal.installation.processes import MARK, Listener, Program
from portal.installation.records import Running, end_orphans, read_records, running_supervisor, start_of, write_records
from portal.installation.running import sole_supervisor
from portal.installation.supervisor import Supervisor

pytestmark = pytest.mark.slow

SLEEPER = "import time; time.sleep(60)"
# Answers on the listener that it is given, and says which process it is.
SERVER = (
    "import os, socket, sys\n"
    "listener = socket.socket(fileno=int(sys.argv[1].removeprefix('fd://')))\n"
    "while True:\n"
    "    connection, _ = listener.accept()\n"
    "    connection.sendall(str(os.getpid()).encode())\n"
    "    connection.close()\n"
)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """Return an installation whose processes count as ready at once."""
    found = Paths.from_environment({"VAR_DIR": str(tmp_path / "var"), "RUNTIME_DIR": f"/tmp/chengxue-t-{os.getpid()}"})
    found.logs.mkdir(parents=True)
    monkeypatch.setattr(supervisor, "probes", lambda paths: {})
    monkeypatch.setattr(supervisor, "DELAYS_S", (0.05,))
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.02)
    return found


def _program(name: str, code: str, paths: Paths, *more: str, listeners: list[Listener] | None = None) -> Program:
    me = Account("me", os.geteuid(), os.getegid())
    environ = {"PATH": "/usr/bin:/bin", MARK: str(paths.var)}
    return Program(name, [sys.executable, "-c", code, *more], me, "", environ, listeners or [])


def _wait(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def run_until_ready(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Supervisor]]:
    """Run a supervisor in the background; it is stopped when the test ends."""
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
    started: list[tuple[Supervisor, Thread]] = []

    def start(*programs: Program) -> Supervisor:
        ready: list[bool] = []
        made = Supervisor(paths, list(programs))
        thread = Thread(target=made.run, args=(lambda: ready.append(True),))
        thread.start()
        started.append((made, thread))
        _wait(lambda: ready)
        return made

    yield start
    for made, thread in started:
        made.asked_to_stop = 1
        thread.join(20)


def _pid(paths: Paths, name: str) -> int:
    return next(record.pid for record in read_records(paths) if record.name == name)


def test_a_killed_process_is_started_again(paths: Paths, run_until_ready: Callable[..., Supervisor]) -> None:
    run_until_ready(_program("worker", SLEEPER, paths))
    first = _pid(paths, "worker")

    os.kill(first, signal.SIGKILL)

    _wait(lambda: _pid(paths, "worker") != first)
    assert next(record.restarts for record in read_records(paths) if record.name == "worker") == 1


def test_callers_wait_while_a_process_is_started_again(
    paths: Paths, tmp_path: Path, run_until_ready: Callable[..., Supervisor]
) -> None:
    path = tmp_path / "s.sock"

    def listen() -> socket.socket:
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()
        return listener

    def ask() -> int:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(path))
            return int(connection.recv(20))

    run_until_ready(_program("web", SERVER, paths, "fd://{0}", listeners=[Listener(partial(listen), path)]))
    first = ask()

    os.kill(first, signal.SIGKILL)
    _wait(lambda: start_of(first) is None)

    assert ask() != first


def test_stopping_ends_every_process_and_what_it_started(
    paths: Paths, run_until_ready: Callable[..., Supervisor]
) -> None:
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"
    made = run_until_ready(_program("worker", nested, paths), _program("web", SLEEPER, paths))
    _wait(lambda: len(records.orphans(paths)) == 3)

    made.asked_to_stop = 1

    _wait(lambda: records.orphans(paths) == [])
    _wait(lambda: not paths.state_file.exists())


def test_a_process_that_never_starts_ends_everything_with_its_log(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
    monkeypatch.setattr(supervisor, "probes", lambda paths: {"web": lambda: "not yet"})
    made = Supervisor(
        paths, [_program("web", "raise SystemExit('no such table')", paths), _program("w", SLEEPER, paths)]
    )

    with pytest.raises(Refusal, match=r"web keeps dying.*web\.log(.|\n)*no such table"):
        made.run()

    assert records.orphans(paths) == []


def test_a_process_that_does_not_answer_in_time_ends_everything(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
    monkeypatch.setattr(supervisor, "probes", lambda paths: {"web": lambda: "not yet"})
    monkeypatch.setattr(supervisor, "READY_WITHIN_S", 0.1)

    with pytest.raises(Refusal, match="web did not become ready"):
        Supervisor(paths, [_program("web", SLEEPER, paths)]).run()

    assert records.orphans(paths) == []


def test_orphans_of_a_killed_supervisor_are_found_and_ended(paths: Paths) -> None:
    orphan = subprocess.Popen([sys.executable, "-c", SLEEPER], env={MARK: str(paths.var)}, start_new_session=True)
    stranger = subprocess.Popen([sys.executable, "-c", SLEEPER], env={MARK: f"{paths.var}-other"})
    try:
        _wait(lambda: records.orphans(paths))
        waiter = Thread(target=orphan.wait)
        waiter.start()

        assert end_orphans(paths) == 1

        waiter.join(5)
        assert orphan.returncode is not None
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_process_number_that_was_given_again_is_not_the_supervisor(paths: Paths) -> None:
    started = start_of(os.getpid())
    assert started is not None

    write_records(paths, [Running("supervisor", os.getpid(), started - 1, 0.0)])
    assert running_supervisor(paths) is None

    write_records(paths, [Running("supervisor", os.getpid(), started, 0.0)])
    assert running_supervisor(paths) is not None


def test_two_supervisors_on_one_folder_refuse(paths: Paths) -> None:
    with sole_supervisor(paths), pytest.raises(Refusal), sole_supervisor(paths):
        pass
