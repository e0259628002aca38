"""A build that is killed leaves nothing half-written, and the next one goes on where it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from portal.installation.paths import ROOT

ADULT = Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data") / "adult"
pytestmark = pytest.mark.skipif(not ADULT.is_dir(), reason=f"Adult is not in {ADULT}; set CHENGXUE_DATA")
QUASI = ["sex", "age", "race", "marital-status", "education", "native-country", "workclass", "salary-class"]
WAIT_SECONDS = 60
# The command, saving often: on a fast machine the whole search is over before the usual two seconds are.
OFTEN = """
import sys
from labs.datasets.deidentification import progress
from labs.datasets.deidentification.__main__ import run
progress.SAVED_EVERY_SECONDS = 0.05
sys.exit(run(sys.argv[1:]))
"""


def recipe() -> dict[str, Any]:
    """Return a demand that takes seconds to search."""
    columns: dict[str, Any] = {
        name: {"role": "quasi", "hierarchy": str(ADULT / "hierarchies" / f"adult_hierarchy_{name}.csv")}
        for name in QUASI
    }
    columns["occupation"] = {"role": "sensitive"}
    return {"k": 5, "suppression_max": 0.05, "tier": "lab", "t": {"occupation": 0.4}, "columns": columns}


def start(folder: Path, name: str, *more: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", OFTEN, "build", "--recipe", folder / "recipe.json"]
    places = ["--input", ADULT / "adult.csv", "--output", folder / f"{name}.csv", "--report", folder / f"{name}.json"]
    return subprocess.Popen([*map(str, [*command, *places, *more])], cwd=ROOT, stdout=subprocess.DEVNULL)


def test_killed_build_leaves_only_its_checkpoint_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text(json.dumps(recipe()), "utf-8")
    place = tmp_path / "checkpoint"
    killed = start(tmp_path, "out", "--checkpoint", place)
    patience = time.monotonic() + WAIT_SECONDS
    while not place.exists() and killed.poll() is None and time.monotonic() < patience:
        time.sleep(0.001)
    killed.kill()
    killed.wait()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint", "recipe.json"]
    assert sum(map(len, json.loads(place.read_text("utf-8"))["passes"])) > 0

    assert start(tmp_path, "out", "--checkpoint", place).wait() in (0, 1)
    assert start(tmp_path, "whole").wait() in (0, 1)

    one, other = (json.loads((tmp_path / f"{name}.json").read_text("utf-8")) for name in ("out", "whole"))
    assert one | {"seconds": 0} == other | {"seconds": 0}
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(".csv")) == [
        "out.json", "recipe.json", "whole.json",
    ]  # fmt: skip
