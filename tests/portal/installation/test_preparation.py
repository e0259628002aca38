"""When the steps that bring data up to the code are skipped."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from portal.installation.paths import Paths
from portal.installation.preparation import STAMP, fingerprint, is_prepared


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Return an installation whose steps were run once."""
    made = dataclasses.replace(Paths.from_environment(), var=tmp_path, database_url="")
    made.database_file.parent.mkdir(parents=True)
    (tmp_path / STAMP).write_text(fingerprint(made), encoding="utf-8")
    made.database_file.touch()
    return made


def test_the_start_after_the_first_one_repeats_nothing(paths: Paths) -> None:
    assert is_prepared(paths, fingerprint(paths))


def test_other_settings_or_a_lost_database_repeat_the_steps(paths: Paths) -> None:
    assert not is_prepared(paths, fingerprint(dataclasses.replace(paths, demo=not paths.demo)))
    paths.database_file.unlink()
    assert not is_prepared(paths, fingerprint(paths))
