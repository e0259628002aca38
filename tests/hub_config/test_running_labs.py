"""The record of running labs, which finds exactly the process that it means."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_config import running_labs
from hub_config.running_labs import RunningLab


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process in the place of a lab."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_a_lab_is_found_again(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    lab = RunningLab.of("u3", sleeper.pid)

    running_labs.record(tmp_path, lab)

    assert running_labs.recorded(tmp_path, "u3") == lab
    assert running_labs.all_recorded(tmp_path) == [lab]
    assert lab.is_alive()


def test_a_process_number_that_was_given_to_another_is_not_the_lab(sleeper: subprocess.Popen[bytes]) -> None:
    lab = RunningLab("u3", sleeper.pid, started=1)

    lab.kill()

    assert not lab.is_alive()
    assert sleeper.poll() is None


def test_a_zombie_is_dead(sleeper: subprocess.Popen[bytes]) -> None:
    lab = RunningLab.of("u3", sleeper.pid)

    lab.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)

    assert not lab.is_alive()


def test_ending_all_ends_what_runs_and_forgets_the_rest(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    running_labs.record(tmp_path, RunningLab.of("u3", sleeper.pid))
    running_labs.record(tmp_path, RunningLab("u4", 2**22 - 1, started=1))
    (tmp_path / "u5.json").write_text("{", encoding="utf-8")

    ended = running_labs.end_all(tmp_path, patience_s=0)

    assert ended == 1
    assert sleeper.wait(5) == -9
    assert not list(tmp_path.glob("*.json"))


def test_a_lab_ends_with_its_launcher_and_a_launcher_with_its_lab(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    launcher = subprocess.Popen(["sleep", "60"])
    lab = RunningLab.of("u3", sleeper.pid, launcher.pid)
    running_labs.record(tmp_path, lab)
    assert running_labs.recorded(tmp_path, "u3") == lab
    assert lab.has_launcher()

    running_labs.end_all(tmp_path, patience_s=0)

    assert sleeper.wait(5) == launcher.wait(5) == -9
    assert not lab.has_launcher()


def test_a_launcher_without_its_lab_is_ended_too(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    started = RunningLab.of("u3", sleeper.pid).started
    running_labs.record(tmp_path, RunningLab("u3", 2**22 - 1, 1, sleeper.pid, started))

    assert running_labs.end_all(tmp_path, patience_s=0) == 0

    assert sleeper.wait(5) == -9


def test_a_record_of_an_earlier_release_is_read(tmp_path: Path) -> None:
    (tmp_path / "u3.json").write_text('{"user": "u3", "pid": 7, "started": 8}', encoding="utf-8")

    assert running_labs.recorded(tmp_path, "u3") == RunningLab("u3", 7, 8)
    assert RunningLab("u3", 7, 8).has_launcher()


def test_a_process_that_is_gone_is_no_lab() -> None:
    with pytest.raises(ProcessLookupError):
        RunningLab.of("u3", 2**22 - 1)


@pytest.mark.parametrize("arguments", [[], ["end"], ["stop", "/run/x"]])
def test_wrong_command_lines_are_refused(arguments: list[str]) -> None:
    assert running_labs.main(arguments) == 2
