"""Fixtures of tests that need a real hub."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub_config.local_hub import LocalHub, local_hub


@pytest.fixture(scope="session")
def environments(request: pytest.FixtureRequest) -> Path:
    """Return where the environments of hub, lab and proxy stand; the running installation's unless they are named."""
    named = os.environ.get("CHENGXUE_ENVIRONMENTS") or os.environ.get("CHENGXUE_RUNNING")
    if named:
        return Path(named) if os.environ.get("CHENGXUE_ENVIRONMENTS") else Path(named, "environments")
    folder: Path = request.getfixturevalue("installation").paths.environments
    return folder


@pytest.fixture(scope="package")
def shared_hub(environments: Path) -> Iterator[LocalHub]:
    """Yield a hub that all tests of a folder use and none of them ends."""
    with tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder, local_hub(Path(folder), environments) as hub:
        yield hub


@pytest.fixture(scope="module")
def hub(environments: Path) -> Iterator[LocalHub]:
    """Yield a hub of this module's own."""
    with tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder, local_hub(Path(folder), environments) as hub:
        yield hub
