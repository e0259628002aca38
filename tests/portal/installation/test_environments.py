"""An environment is whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.installation import environments
from portal.installation.environments import STAMP, built_whole, ensure_environment, is_built, stamp_of
from portal.installation.messages import Refusal
from portal.installation.paths import Paths
from portal.installation.steps import StepFailed


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Return an empty installation."""
    return Paths.from_environment({"VAR_DIR": str(tmp_path / "var")})


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Return a lock of one package."""
    file = tmp_path / "lock.txt"
    file.write_text("one==1\n")
    return file


def _build(folder: Path, mark: str, stamp: str) -> None:
    with built_whole(folder):
        folder.mkdir()
        (folder / "mark").write_text(mark)
        (folder / STAMP).write_text(stamp)


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError), built_whole(tmp_path / "lab"):
        (tmp_path / "lab").mkdir()
        raise OSError

    assert list(tmp_path.iterdir()) == []


def test_the_former_environment_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    _build(folder, "former", "1")

    with pytest.raises(OSError), built_whole(folder):
        folder.mkdir()
        raise OSError

    assert (folder / "mark").read_text() == "former"


def test_a_half_environment_of_a_killed_start_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "half").touch()

    assert not is_built(tmp_path / "lab", "any")
    _build(tmp_path / "lab", "whole", "1")
    assert not (tmp_path / "lab" / "half").exists()


def test_another_lock_or_place_is_another_environment(tmp_path: Path, lock: Path) -> None:
    first = stamp_of(tmp_path / "a", lock)

    assert stamp_of(tmp_path / "b", lock) != first
    lock.write_text("one==2\n")
    assert stamp_of(tmp_path / "a", lock) != first


def test_a_second_start_builds_nothing(
    paths: Paths, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[object] = []

    def fake_step(title: str, command: list[object], **options: object) -> None:
        ran.append(command)
        (tmp_path / "env").mkdir(exist_ok=True)

    monkeypatch.setattr(environments, "run_step", fake_step)

    assert ensure_environment(paths, "env", tmp_path / "env", lock)
    assert not ensure_environment(paths, "env", tmp_path / "env", lock)
    assert len(ran) == 2


def test_a_failing_install_is_refused_with_its_log(
    paths: Paths, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(title: str, command: list[object], **options: object) -> None:
        (tmp_path / "env").mkdir()
        raise StepFailed("hash mismatch")

    monkeypatch.setattr(environments, "run_step", fail)

    with pytest.raises(Refusal, match=r"installation\.log\nhash mismatch"):
        ensure_environment(paths, "env", tmp_path / "env", lock)

    assert not (tmp_path / "env").exists()


@pytest.mark.parametrize("uv", ["/usr/bin/uv", None])
def test_hashes_and_the_bundle_are_used_by_both_tools(uv: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments.shutil, "which", lambda name: uv)
    monkeypatch.setenv("BUNDLE", "/media/bundle")

    command = environments.install_command(Path("/env/bin/python"), ["-r", "lock", "--require-hashes"])

    assert command[0] == (uv or "/env/bin/python")
    assert {"--no-index", "--find-links", "/media/bundle/wheels", "--require-hashes"} <= set(command)
