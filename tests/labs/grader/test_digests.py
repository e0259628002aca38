"""The digest of the grader names what grades, wherever it was copied."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from labs.grader.engine.digests import grader_digest
from portal.installation import laboratory
from tests.graders import ROOT

ASK = "from chengxue_grader.engine.digests import grader_digest; print(grader_digest())"


def digest_in(folder: Path) -> str:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_an_installed_copy_has_the_digest_of_its_source(tmp_path: Path) -> None:
    copy = tmp_path / "chengxue_grader"
    laboratory.copy_grader(ROOT, copy)

    assert digest_in(tmp_path) == grader_digest()
    assert not (copy / "client.py").exists()
    assert (copy / "__main__.py").exists()


def test_it_names_the_protocol_too(tmp_path: Path) -> None:
    copy = tmp_path / "chengxue_grader"
    shutil.copytree(ROOT / "labs/grader", copy)
    with (copy / "protocol.py").open("a") as file:
        file.write("# another one\n")

    assert digest_in(tmp_path) != grader_digest()
