"""What a grade costs: our engine beside stock nbgrader and otter, on the same submissions, in the same run.

    make bench NAME=grading [DATA=folder of make_course.py]

The course generator of the measurements makes two labs with about thirty submissions each; the 52 that nbgrader survives
are graded by `nbgrader autograde` one by one (a few), by one `nbgrader autograde` for all, by this engine with one place
and with two, the reference answers by `otter run`, and the bare cells in one warm process. Every contestant has its turn
again and again in one run, so that what else the machine does meets all of them; each peer's environment is its own,
built from our lock. CPU is that of the whole process tree, from a control group of its own where the host lets us make
one. Every test cell's score is compared with nbgrader's. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import _grading_peers as peers
from benchmarks._grading_peers import NOTEBOOKS, Lab, environ_of
from benchmarks._measuring import measure
from portal.installation.paths import Paths

ROOT = Path(__file__).resolve().parents[1]
GENERATOR = Paths.from_environment().data.resolve().parent / "prototypes" / "grading" / "gen"
ALONE_PER_TURN = 2
TURNS = 3
# Where the two are meant to differ (docs/reference/grading-engine.md), by what the generated submission is called.
DIFFERENT = {
    "delete_setup": "a deleted locked cell is put back",
    "delete_test": "a deleted test cell is put back",
    "stderr_warn": "text on standard error costs no points",
}
BARE = """
import contextlib, io, json, os, sys, time
import numpy, pandas
os.chdir(sys.argv[1])
done = []
for name in sys.argv[2:]:
    cells = [c for c in json.load(open(name))["cells"] if c["cell_type"] == "code"]
    space, began = {"display": lambda *a: None}, time.process_time()
    for cell in cells:
        with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()):
            exec("".join(cell["source"]), space)
    done.append(time.process_time() - began)
print(json.dumps(done))
"""


@dataclass
class Identity:
    """How the scores of one lab's test cells compare with nbgrader's."""

    same: int = 0
    listed: list[dict[str, Any]] = field(default_factory=list)
    unlisted: list[dict[str, Any]] = field(default_factory=list)


def make_course(python: Path, generator: Path, folder: Path) -> list[Lab]:
    """Generate the course and keep of it what nbgrader can grade."""
    environ = environ_of(python, folder.parent)
    subprocess.run([python, generator / "make_course.py", folder], check=True, env=environ, capture_output=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    labs = []
    for name, entries in manifest.items():
        for student, kind in entries:
            if kind != "fast":
                shutil.rmtree(folder / "submitted" / student / name, ignore_errors=True)
        labs.append(Lab(name, folder, [student for student, kind in entries if kind == "fast"]))
    return labs


class Engine:
    """Our engine's command line, in the lab's environment."""

    def __init__(self, python: Path, home: Path) -> None:
        self.python = python
        self.environ = environ_of(python, home) | {"VAR_DIR": str(home), "PYTHONPATH": str(ROOT)}
        self.results: dict[str, dict[str, dict[str, float]]] = {}

    def command(self, lab: Lab, students: list[str], places: int) -> list[str | Path]:
        """Return the command that grades these submissions in one warm process."""
        batch = lab.course / f"{lab.name}-{len(students)}.jsonl"
        files = str(lab.source.parent)
        lines = [
            {"id": each, "source": str(lab.source), "submission": str(lab.submission(each)), "files": files}
            for each in students
        ]
        batch.write_text("\n".join(map(json.dumps, lines)))
        return [self.python, "-m", "labs.grading.engine", "grade", "--places", str(places), "--batch", batch]

    def run(self, lab: Lab, places: int) -> None:
        """Grade all; boot is measured by an empty batch and taken out."""
        boot = measure(self.command(lab, [], places), self.environ, ROOT)
        cost = measure(self.command(lab, lab.students, places), self.environ, ROOT)
        results = [json.loads(line) for line in cost.output.splitlines()]
        lab.add("boot_cpu_s", boot.cpu)
        lab.add("boot_wall_s", boot.wall)
        lab.add(f"engine_{places}_cpu_s", (cost.cpu - boot.cpu) / len(results))
        lab.add(f"engine_{places}_wall_s", (cost.wall - boot.wall) / len(results))
        self.results[lab.name] = {
            result["id"]: {each["id"]: each["score"] for each in result["questions"] if each["kind"] == "tests"}
            for result in results
        }

    def weigh(self, lab: Lab) -> None:
        """Look at the memory of a small batch with two places, and at the largest submission's own."""
        cost = measure(self.command(lab, lab.students[:8], 2), self.environ, ROOT, watches_memory=True)
        lab.add("engine_2_memory_mb", cost.memory_mb)
        peaks = [json.loads(line)["cost"]["peak_mb"] for line in cost.output.splitlines()]
        lab.add("engine_submission_peak_mb", max(peaks))


def run_bare(lab: Lab, python: Path, environ: Mapping[str, str]) -> None:
    """Run the graded notebooks' cells in one warm process, without any grading."""
    graded = [
        str(lab.course / "autograded" / each / lab.name / f"{NOTEBOOKS[lab.name]}.ipynb")
        for each in lab.students
        if "writes_files" not in each
    ]
    cost = measure([python, "-c", BARE, lab.source.parent, *graded], environ, lab.source.parent)
    lab.add("bare_cpu_s", statistics.mean(json.loads(cost.output)))


def ratios(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the figures that the targets are about: peer over engine, and engine over the cells alone."""
    found = {
        "cpu_command": figures["nbgrader_command_cpu_s"] / figures["engine_1_cpu_s"],
        "cpu_batch": figures["nbgrader_batch_cpu_s"] / figures["engine_1_cpu_s"],
        "cpu_command_2_places": figures["nbgrader_command_cpu_s"] / figures["engine_2_cpu_s"],
        "cpu_batch_2_places": figures["nbgrader_batch_cpu_s"] / figures["engine_2_cpu_s"],
        "wall_batch_2_places": figures["nbgrader_batch_wall_s"] / figures["engine_2_wall_s"],
        "engine_over_bare_and_50_ms": figures["engine_1_cpu_s"] / (2.5 * figures["bare_cpu_s"] + 0.05),
    }
    if "otter_cpu_s" in figures:
        found["cpu_otter"] = figures["otter_cpu_s"] / figures["engine_1_cpu_s"]
    return {name: round(value, 2) for name, value in found.items()}


def compare(stock: dict[str, dict[str, float | None]], ours: dict[str, dict[str, float]]) -> Identity:
    """Compare every test cell's score; a cell that nbgrader did not grade counts as none."""
    identity = Identity()
    for student, cells in ours.items():
        reason = next((why for kind, why in DIFFERENT.items() if student.endswith(kind)), "")
        for cell, score in cells.items():
            theirs = round(stock.get(student, {}).get(cell) or 0.0, 2)
            if theirs == score:
                identity.same += 1
                continue
            entry = {"student": student, "cell": cell, "nbgrader": theirs, "engine": score}
            (identity.listed if reason else identity.unlisted).append(entry | ({"why": reason} if reason else {}))
    return identity


def run_lab(lab: Lab, engine: Engine, stock: Path, otter: Path | None) -> dict[str, Any]:
    """Let everybody have a turn, several times; return figures, ratios and the comparison of scores."""
    home = lab.course.parent
    plain = environ_of(stock, home)
    for turn in range(TURNS):
        peers.run_alone(lab, stock, plain, lab.students[turn * ALONE_PER_TURN :][:ALONE_PER_TURN])
        engine.run(lab, 1)
        if turn != 1:
            peers.run_batch(lab, stock, plain)
        engine.run(lab, 2)
        run_bare(lab, stock, plain)
        if otter is not None:
            peers.run_otter(lab, otter, environ_of(otter, home), 1)
    engine.weigh(lab)
    identity = compare(peers.scores(lab, stock, plain), engine.results[lab.name])
    peers.weigh_command(lab, stock, plain)
    figures = lab.figures()
    return {"figures": figures, "ratios": ratios(figures), "identity": asdict(identity)}


def show(name: str, found: Mapping[str, Any]) -> None:
    """Print one lab's table."""
    print(f"\n{name}: {found['identity']['same']} test cells score the same")
    for group in ("figures", "ratios"):
        for title, value in found[group].items():
            print(f"  {title:32} {value}")
    for each in [*found["identity"]["listed"], *found["identity"]["unlisted"]]:
        print("  differs:", json.dumps(each, ensure_ascii=False))
    print(flush=True)


def main() -> int:
    """Print progress and tables, then one JSON document; 1 when a score differs that should not."""
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path)
    options.add_argument("--only", choices=sorted(NOTEBOOKS), help="one of the two labs")
    chosen = options.parse_args()
    paths = Paths.from_environment()
    generator = chosen.data or GENERATOR
    if not (generator / "make_course.py").is_file():
        print(f"找不到课程生成器 {generator}/make_course.py，请用 DATA=目录 指定。")
        print(f"No course generator at {generator}/make_course.py; name its folder by DATA=…")
        return 2
    named = os.environ.get("CHENGXUE_LAB_ENVIRONMENT")
    lab_python = (Path(named) if named else paths.var / "environments" / "lab").absolute() / "bin" / "python"
    stock, otter = peers.nbgrader_python(paths), peers.otter_python(paths)
    if otter is None:
        print("otter-grader 无法安装，略去。otter-grader cannot be installed here and is left out.")
    found = {}
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        engine = Engine(lab_python, Path(name))
        for lab in make_course(stock, generator, Path(name) / "course"):
            if chosen.only in (None, lab.name):
                found[lab.name] = run_lab(lab, engine, stock, otter)
                show(lab.name, found[lab.name])
    machine = {"machine": platform.machine(), "processors": os.cpu_count(), "load": os.getloadavg()}
    parts = {part: {name: each[part] for name, each in found.items()} for part in ("figures", "ratios", "identity")}
    print(json.dumps({"name": "grading", "machine": machine, **parts}, ensure_ascii=False))
    return 1 if any(each["identity"]["unlisted"] for each in found.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
