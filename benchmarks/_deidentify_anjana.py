"""One task of the benchmark in anjana's own environment; nothing of the project is imported here."""

from __future__ import annotations

import contextlib
import csv
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np  # type: ignore[import-not-found,unused-ignore]
import pandas as pd  # type: ignore[import-not-found,unused-ignore]
from anjana.anonymity import k_anonymity, l_diversity, t_closeness  # type: ignore[import-not-found,unused-ignore]

WARM_ROWS = 200


def main(task: Path) -> None:
    """Anonymize and print what it took."""
    recipe = json.loads((task / "recipe.json").read_text("utf-8"))
    columns = recipe["columns"]
    frame = pd.read_csv(task / "in.csv", dtype=str, sep=None, engine="python", keep_default_na=False)
    frame = frame[[name for name in frame.columns if columns[name].get("treatment") != "drop"]]
    quasi = [name for name in frame.columns if columns[name]["role"] == "quasi"]
    hierarchies = {}
    for name in quasi:
        with Path(columns[name]["hierarchy"]["csv"]).open(encoding="utf-8") as stream:
            levels = list(zip(*csv.reader(stream, delimiter=";"), strict=True))
        hierarchies[name] = {level: np.array(values) for level, values in enumerate(levels)}
    with contextlib.suppress(Exception):  # warm: a small table first, whatever becomes of it
        k_anonymity(frame.head(WARM_ROWS).copy(), [], quasi, 2, 100, hierarchies)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    k, limit = recipe["k"], recipe["suppression_max"] * 100
    started = time.process_time()
    if recipe.get("l"):
        ((name, wanted),) = recipe["l"].items()
        out = l_diversity(frame, [], quasi, name, k, wanted, limit, hierarchies)
    elif recipe.get("t"):
        ((name, wanted),) = recipe["t"].items()
        out = t_closeness(frame, [], quasi, name, k, wanted, limit, hierarchies)
    else:
        out = k_anonymity(frame, [], quasi, k, limit, hierarchies)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    out.to_csv(task / "anjana.csv", index=False)
    extra = [name for name in out.columns if name not in frame.columns]
    print(json.dumps({"cpu_s": seconds, "peak_mb": peak / 1024, "base_mb": base / 1024, "extra_columns": extra}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
