"""Fixtures of the data desk."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.labs.datasets.desk import Desk, make_desk
from tests.people import Province


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    """Return a state folder of the test's own, in which raw data is sealed."""
    settings.PATHS = dataclasses.replace(settings.PATHS, var=tmp_path)
    settings.RAW_DATA_KEY = "a key of the tests"
    return tmp_path


@pytest.fixture
def desk(world: Province, var: Path) -> Desk:
    """Return a steward, a privacy officer and a dataset with persons."""
    return make_desk(world)
