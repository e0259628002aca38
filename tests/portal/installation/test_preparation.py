"""What fills the database: the demo province, or nothing but the site's own pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.installation import preparation, running
from portal.installation.paths import Paths, WrongSetting
from portal.installation.people import current_people

OWN = {"VAR_DIR": "", "WEB_PORT": "9000"}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the manage.py commands that would run."""
    names: list[str] = []

    def note(title: str, command: list[object], **options: object) -> None:
        if "manage.py" in command:
            names.append(str(command[2]))

    monkeypatch.setattr(preparation, "run_step", note)
    monkeypatch.setattr(preparation, "compile_all", lambda root: None)
    return names


def prepare(folder: Path, **environ: str) -> Paths:
    """Prepare the installation of the folder."""
    paths = Paths.from_environment({"VAR_DIR": str(folder), **environ})
    preparation.prepare_data(paths, current_people().portal)
    return paths


def test_the_demo_province_is_the_default(tmp_path: Path, run: list[str]) -> None:
    prepare(tmp_path)

    assert "seed_demo" in run
    assert "build_site" not in run


def test_without_demo_the_site_is_built_and_stays_without(tmp_path: Path, run: list[str]) -> None:
    prepare(tmp_path, DEMO="0")
    assert run[-2:] == ["build_site", "index_content"]
    run.clear()

    again = prepare(tmp_path)

    assert not again.demo
    assert not run  # nothing has changed
    assert Paths.from_environment(again.environment()) == again


def test_demo_data_is_added_later_only_when_asked_for(tmp_path: Path, run: list[str]) -> None:
    prepare(tmp_path, DEMO="0")
    run.clear()

    prepare(tmp_path, DEMO="1")

    assert "seed_demo" in run
    assert Paths.from_environment({"VAR_DIR": str(tmp_path)}).demo


def test_another_value_is_refused() -> None:
    with pytest.raises(WrongSetting, match="DEMO"):
        Paths.from_environment({"DEMO": "no"})


@pytest.mark.parametrize("lacks", [True, False])
def test_the_start_says_how_to_make_the_first_administrator(
    tmp_path: Path, lacks: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    paths = Paths.from_environment()

    running.announce(paths, current_people(), with_secrets=True, lacks_administrator=lacks)

    said = capsys.readouterr().err
    asked = [line for line in said.splitlines() if "manage.py create_administrator" in line]
    assert bool(asked) is lacks
    assert all(f"VAR_DIR={tmp_path} " in line for line in asked)
