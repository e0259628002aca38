"""k, l and t of this project's output by pycanon, in the environment of the peer; nothing of the project is imported here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd  # type: ignore[import-not-found,unused-ignore]
from pycanon import anonymity  # type: ignore[import-not-found,unused-ignore]


def main(task: Path) -> None:
    """Measure `own.csv` and print what was found."""
    recipe = json.loads((task / "recipe.json").read_text("utf-8"))
    frame = pd.read_csv(task / "own.csv", dtype=str, keep_default_na=False)  # a fresh index: pycanon needs it
    quasi = [name for name in frame.columns if recipe["columns"][name]["role"] == "quasi"]
    sensitive = [name for name in frame.columns if recipe["columns"][name]["role"] == "sensitive"]
    found = {"k": int(anonymity.k_anonymity(frame, quasi)), "l": None, "t": None}
    if sensitive:
        found["l"] = int(anonymity.l_diversity(frame, quasi, sensitive))
        found["t"] = float(anonymity.t_closeness(frame, quasi, sensitive))
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
