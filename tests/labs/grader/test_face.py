"""Every name of the engine's command line leads to the same program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.graders import ROOT


@pytest.mark.parametrize("name", ["labs.grading.engine", "labs.grader", "labs.grader.engine"])
def test_without_a_lab_environment_it_says_so(name: str, tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "CHENGXUE_LAB_ENVIRONMENT": str(tmp_path / "nowhere")}

    done = subprocess.run(
        [sys.executable, "-m", name, "--help"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert str(tmp_path / "nowhere") in done.stderr
    assert "make install" in done.stderr
