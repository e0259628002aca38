"""De-identification side by side with anjana: CPU, loss (NCP), suppression and memory of the same tasks in one run.

    make bench NAME=deidentification [DATA=folder laid out like ../shared/data]

Every task runs in a process of its own, first here, then in a throw-away environment with anjana 1.2.3. CPU is that
of recoding alone (`cpu_s`), user + system of all threads, with the table read and 200 rows done to warm up; `build_cpu_s`
is this project's whole build, with metrics, checks and report. Loss, k and suppression of both are computed here from the
two output files; k, l and t of this project's file also by pycanon 1.3.5, which anjana brings along. Of
the 500,000 rows the one optimal level per column (global) and the levels by class (local) are both held against anjana,
which has no local recoding. Five million rows are this project's alone. The last line is JSON.

`--profile-mb 1000` instead writes a hotline's CSV of that size, in GB 18030, and profiles it as the data desk does:
peak memory of the process, CPU and time, which must stay within `MOST_PROFILE_MB` for a gigabyte.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks._profile_table import write_hotline

ROOT = Path(__file__).resolve().parents[1]
PEER = "anjana==1.2.3"
NINE = [
    "sex",
    "age",
    "race",
    "marital-status",
    "education",
    "native-country",
    "workclass",
    "occupation",
    "salary-class",
]
FOUR = ["sex", "age", "race", "education"]
CITY = ["sex", "age", "education", "grid"]
EIGHT = [name for name in NINE if name != "occupation"]
ROWS = {"rows_500k": 500_000, "rows_500k_local": 500_000, "rows_5m": 5_000_000}
GRID = (40, 60)
MOST_MEMORY_MB = 8192
MOST_PROFILE_MB = 2048


def recipe_of(
    folder: Path, quasi: list[str], columns: list[str], sensitive: str | None, **demand: Any
) -> dict[str, Any]:
    """Return the recipe of one task; columns that take no part are dropped."""
    rules: dict[str, Any] = {}
    for name in columns:
        if name in quasi:
            rules[name] = {"role": "quasi", "hierarchy": {"csv": str(folder / f"adult_hierarchy_{name}.csv")}}
        elif name == sensitive:
            rules[name] = {"role": "sensitive"}
        else:
            rules[name] = {"role": "plain", "treatment": "drop"}
    return {"k": 5, "suppression_max": 0.05, "columns": rules, **demand}


def prepare(data: Path, work: Path) -> dict[str, Path]:
    """Lay out one folder per task."""
    adult = data / "adult"
    hierarchies = work / "hierarchies"
    shutil.copytree(adult / "hierarchies", hierarchies)
    write_grid(hierarchies / "adult_hierarchy_grid.csv")
    tasks: dict[str, dict[str, Any]] = {
        "adult_4": recipe_of(hierarchies, FOUR, NINE, None),
        "adult_9": recipe_of(hierarchies, NINE, NINE, None),
        "adult_8_l3": recipe_of(hierarchies, EIGHT, NINE, "occupation", l={"occupation": 3}),
        "adult_8_t04": recipe_of(hierarchies, EIGHT, NINE, "occupation", t={"occupation": 0.4}),
        "rows_500k": recipe_of(hierarchies, CITY, CITY, None),
        "rows_500k_local": recipe_of(hierarchies, CITY, CITY, None, recoding="local"),
        "rows_5m": recipe_of(hierarchies, CITY, CITY, None),
    }
    for name, recipe in tasks.items():
        folder = work / name
        folder.mkdir()
        (folder / "recipe.json").write_text(json.dumps(recipe), "utf-8")
        if name in ROWS:
            write_many(adult / "adult.csv", folder / "in.csv", ROWS[name])
        else:
            shutil.copyfile(adult / "adult.csv", folder / "in.csv")
    return {name: work / name for name in tasks}


def write_grid(path: Path) -> None:
    """Write the hierarchy of 2,400 cells: blocks of 2 × 2, 4 × 4 and 20 × 20, everywhere."""
    rows = []
    for y in range(GRID[0]):
        for x in range(GRID[1]):
            blocks = [f"{size}:{y // size}-{x // size}" for size in (1, 2, 4, 20)]
            rows.append([*blocks, "*"])
    path.write_text("".join(";".join(row) + "\n" for row in rows), "utf-8")


def write_many(source: Path, target: Path, rows: int) -> None:
    """Write rows drawn from Adult with a random grid cell each."""
    draw = random.Random(20)
    with source.open(encoding="utf-8") as stream:
        people = [(row["sex"], row["age"], row["education"]) for row in csv.DictReader(stream, delimiter=";")]
    with target.open("w", encoding="utf-8") as stream:
        stream.write("sex;age;education;grid\n")
        for _ in range(rows):
            cell = f"1:{draw.randrange(GRID[0])}-{draw.randrange(GRID[1])}"
            stream.write(";".join((*draw.choice(people), cell)) + "\n")


def judge(task: Path, output: Path) -> dict[str, Any]:
    """Compute k, suppression and NCP of an output file from nothing but the file and the hierarchies."""
    recipe = json.loads((task / "recipe.json").read_text("utf-8"))
    quasi = [name for name, rule in recipe["columns"].items() if rule["role"] == "quasi"]
    with (task / "in.csv").open(encoding="utf-8") as stream:
        rows = sum(1 for _ in stream) - 1
    with output.open(encoding="utf-8", newline="") as stream:
        tuples = Counter(tuple(row[name] for name in quasi) for row in csv.DictReader(stream))
    kept = sum(tuples.values())
    losses = []
    for column, name in enumerate(quasi):
        weight = weights(Path(recipe["columns"][name]["hierarchy"]["csv"]))
        lost = sum(weight[key[column]] * count for key, count in tuples.items())
        losses.append((lost + rows - kept) / rows)
    return {"rows": rows, "k": min(tuples.values()), "suppression": 1 - kept / rows, "ncp": sum(losses) / len(losses)}


def weights(path: Path) -> dict[str, float]:
    """Return what a cell with each label loses."""
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    out: dict[str, float] = {}
    for level in zip(*rows, strict=True):
        for label, count in Counter(level).items():
            out.setdefault(label, (count - 1) / (len(rows) - 1))
    return out


def run(python: Path, script: list[str], task: Path) -> dict[str, Any] | None:
    """Run one engine on one task; None when it fails."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [str(python), *script, str(task)], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr[-600:], file=sys.stderr)
        return None
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def peer_python(work: Path, given: Path | None) -> Path | None:
    """Return the Python of an environment that holds the peer and nothing of this project."""
    if given is not None:
        return given
    folder = work / "peer"
    python = folder / "bin" / "python"
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False)
    if made.returncode == 0:
        made = subprocess.run([str(python), "-m", "pip", "install", "-q", PEER], check=False)
    return python if made.returncode == 0 else None


def profile_large(size_mb: int) -> None:
    """Profile a large CSV in a process of its own and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hotline.csv")
        rows = write_hotline(path, size_mb * 1_000_000, "gb18030")
        command = [
            sys.executable,
            "-m",
            "labs.datasets.deidentification",
            "profile",
            "--input",
            str(path),
            "--progress",
        ]
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = json.loads(done.stdout.splitlines()[-1])
        figures = {
            "bytes": path.stat().st_size, "rows": rows, "columns": len(found["columns"]), "peak_mb": used.ru_maxrss / 1024,
            "cpu_s": used.ru_utime + used.ru_stime, "seconds": time.monotonic() - started, "told": len(done.stderr.splitlines()),
        }  # fmt: skip
    assert found["rows"] == rows, "rows were lost"
    figures["is_within"] = figures["peak_mb"] < MOST_PROFILE_MB
    print(json.dumps({"name": "profile", "figures": figures}))


def main() -> None:
    """Run every task in both engines and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data")
    )
    parser.add_argument("--anjana", type=Path, help="Python of an environment that already holds anjana")
    parser.add_argument("--profile-mb", type=int, help="profile a CSV of so many megabytes instead")
    options = parser.parse_args()
    if options.profile_mb:
        profile_large(options.profile_mb)
        return
    figures: dict[str, Any] = {}
    ratios: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        tasks = prepare(options.data, work)
        peer = peer_python(work, options.anjana)
        for name, task in tasks.items():
            own = run(Path(sys.executable), ["-m", "benchmarks._deidentify_own"], task)
            assert own is not None, f"{name} failed"
            figures[name] = {"own": own | judge(task, task / "own.csv")}
            theirs = None
            if peer and name != "rows_5m":
                theirs = run(peer, [str(ROOT / "benchmarks" / "_deidentify_anjana.py")], task)
                figures[name]["pycanon"] = run(peer, [str(ROOT / "benchmarks" / "_deidentify_pycanon.py")], task)
            if theirs is not None:
                figures[name]["anjana"] = theirs | judge(task, task / "anjana.csv")
                ratios[name] = compare(figures[name])
            show(name, figures[name])
    ratios["agrees_with_pycanon"] = all(agrees(found) for found in figures.values() if found.get("pycanon"))
    ratios["rows_5m_below_8_gb"] = figures["rows_5m"]["own"]["build_peak_mb"] < MOST_MEMORY_MB
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    print(json.dumps({"name": "deidentification", "machine": machine, "figures": figures, "ratios": ratios}))


def compare(figures: dict[str, Any]) -> dict[str, float]:
    """Return how many times the peer's cost and loss are ours."""
    own, theirs = figures["own"], figures["anjana"]
    return {
        "cpu": round(theirs["cpu_s"] / own["cpu_s"], 2),
        "cpu_of_whole_build": round(theirs["cpu_s"] / own["build_cpu_s"], 2),
        "ncp": round(theirs["ncp"] / own["ncp"], 3),
        "peak_memory": round(theirs["peak_mb"] / own["peak_mb"], 2),
    }


def agrees(figures: dict[str, Any]) -> bool:
    """Return whether pycanon finds in the file what the report claims."""
    claims, found = figures["own"]["claims"], figures["pycanon"]
    return claims["k"] == found["k"] and all(
        claims[name] is None or abs(claims[name] - found[name]) < 1e-6 for name in ("l", "t")
    )


def show(task: str, figures: dict[str, Any]) -> None:
    """Print one line per engine."""
    for engine, found in figures.items():
        if engine == "pycanon":
            continue
        whole = (
            f"  whole build {found['build_cpu_s']:.2f} CPU s, {found['build_peak_mb']:.0f} MB"
            if engine == "own"
            else ""
        )
        print(
            f"{task:12} {engine:7} {found['cpu_s']:8.2f} CPU s  k {found['k']:5}  suppressed {found['suppression']:6.2%}"
            f"  NCP {found['ncp']:.4f}  {found['peak_mb']:6.0f} MB{whole}",
            flush=True,
        )


if __name__ == "__main__":
    main()
