"""What the report prints agrees with pycanon, on random tables with missing values; pycanon lives in its own environment.

Its pins exclude the project's (numpy, pandas), and it takes index labels for positions, so every table is read afresh.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.messages import Unreachable
from labs.datasets.deidentification.recipe import parse_recipe
from tests.labs.datasets.deidentification.tables import KEY, table

pytestmark = pytest.mark.slow

PEER = "pycanon==1.3.5"
TABLES = 40
MEASURE = """
import json, sys
from pathlib import Path
import pandas as pd
from pycanon import anonymity
for place in sorted(Path(sys.argv[1]).glob("*.csv")):
    frame = pd.read_csv(place, dtype=str, keep_default_na=False)
    quasi, sensitive = ["age", "place"], ["illness"]
    print(json.dumps({
        "name": place.stem, "k": int(anonymity.k_anonymity(frame, quasi)),
        "l": int(anonymity.l_diversity(frame, quasi, sensitive)), "t": float(anonymity.t_closeness(frame, quasi, sensitive)),
        "entropy": int(anonymity.entropy_l_diversity(frame, quasi, sensitive)),
    }))
"""


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with pycanon: the one that PYCANON_PYTHON names, or a fresh one."""
    if given := os.environ.get("PYCANON_PYTHON"):
        return Path(given)
    folder = tmp_path_factory.mktemp("pycanon")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{PEER} cannot be installed here: {done.stderr[-200:]}")
    return python


def random_release(seed: int) -> tuple[Any, dict[str, Any]] | None:
    draw = random.Random(seed)
    rows = draw.randint(40, 400)
    source = table(
        age=[draw.choice(["", *map(str, range(18, 60))]) for _ in range(rows)],
        place=[draw.choice(["610102", "610113", "610402", "620102", ""]) for _ in range(rows)],
        illness=[draw.choice(["感冒", "骨折", "高血压", "糖尿病", ""]) for _ in range(rows)],
    )
    columns = {
        "age": {"role": "quasi", "hierarchy": "age"},
        "place": {"role": "quasi", "hierarchy": {"builtin": "prefix", "lengths": [4, 2]}},
        "illness": {"role": "sensitive"},
    }
    document = {
        "k": draw.randint(2, 9), "suppression_max": 0.2, "columns": columns, "recoding": draw.choice(["global", "local"]),
        "l": {"illness": draw.randint(1, 3)}, "t": {"illness": draw.choice([0.3, 0.5, 1.0])},
    }  # fmt: skip
    try:
        release = build(source, parse_recipe(document), KEY)
    except Unreachable:
        return None
    return release.frame, release.report


def test_reports_agree_with_pycanon(peer: Path, tmp_path: Path) -> None:
    reports = {}
    for seed in range(TABLES):
        made = random_release(seed)
        if made is not None:
            made[0].write_csv(tmp_path / f"{seed:03}.csv")
            reports[f"{seed:03}"] = made[1]

    done = subprocess.run([str(peer), "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, check=True)

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(reports) > TABLES / 2
    for one in found:
        report = reports[one["name"]]
        assert (one["k"], one["l"]) == (report["k"], report["l"])
        assert one["t"] == pytest.approx(report["t"], abs=1e-9)
        assert one["entropy"] == int(report["l_entropy"] + 1e-9)
