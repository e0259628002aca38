"""A copy of the checkout and a bundle, made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.installation.paths import ROOT

STRANGER = 65_534


@pytest.fixture(scope="session")
def reachable_folder() -> Iterator[Path]:
    """Yield a folder that every user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="chengxue-installation-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def bundle(reachable_folder: Path) -> Path:
    """All that a machine without a network needs."""
    target = reachable_folder / "bundle"
    environ = {**os.environ, "TO": str(target), "VAR_DIR": str(reachable_folder / "bundling")}
    command = [sys.executable, "-m", "portal.installation", "bundle"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="session")
def checkout(bundle: Path, reachable_folder: Path) -> Path:
    """Return the sources of the bundle, unpacked by an ordinary user."""
    folder = reachable_folder / "checkout"
    folder.mkdir()
    subprocess.run(["tar", "-xzf", bundle / "chengxue.tar.gz", "-C", folder], check=True)
    if os.geteuid() == 0:
        for parent, folders, files in os.walk(folder):
            for name in (".", *folders, *files):
                os.chown(Path(parent, name), STRANGER, STRANGER, follow_symlinks=False)
    return folder
