"""What a grade costs: our engine beside stock nbgrader, on the same submissions, in the same run.

    make bench NAME=grading [DATA=folder of make_course.py]

The course generator of the measurements makes two labs with about thirty submissions each; the 52 that stock nbgrader
survives are graded by `nbgrader autograde` one by one (a few), by one `nbgrader autograde` for all, by this engine with
one place and with two, and their cells alone in one warm process. CPU is that of the whole process tree, read from a
control group of its own where the host lets us make one. The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("CHENGXUE_DATA", ROOT.parent / "shared" / "data"))
GENERATOR = DATA.resolve().parent / "prototypes" / "grading" / "gen"
GROUPS = Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup")
NOTEBOOKS = {"ps1": "city_lab", "ps2": "join_lab"}
ONE_BY_ONE = 4
# Stock gives 0 for any byte on standard error and does not restore a deleted cell; ours punishes neither.
DIFFERENT = ("delete_setup", "delete_test", "stderr_warn")

BARE = """
import contextlib, io, json, os, sys, time
import numpy, pandas
os.chdir(sys.argv[1])
done = {}
for name in sys.argv[2:]:
    cells = [c for c in json.load(open(name))["cells"] if c["cell_type"] == "code"]
    space, began = {"display": lambda *a: None}, time.process_time()
    for cell in cells:
        with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()):
            exec("".join(cell["source"]), space)
    done[name] = time.process_time() - began
print(json.dumps(done))
"""
SCORES = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook(sys.argv[1]) as book:
    print(json.dumps({s.student.id: {g.name: g.auto_score for n in s.notebooks for g in n.grades if g.cell.cell_type == "code"}
                      for s in book.assignment_submissions(sys.argv[2])}))
"""


@dataclass
class Lab:
    """One assignment of the generated course."""

    name: str
    course: Path
    students: list[str]
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        """The instructor's notebook."""
        return self.course / "source" / self.name / f"{NOTEBOOKS[self.name]}.ipynb"

    def submission(self, student: str) -> Path:
        """One trainee's notebook."""
        return self.course / "submitted" / student / self.name / f"{NOTEBOOKS[self.name]}.ipynb"


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds of a command and its standard output."""

    cpu: float
    wall: float
    output: str


@contextlib.contextmanager
def control_group() -> Iterator[Path | None]:
    """A control group of our own that counts CPU; None where the host has none for us."""
    for root in GROUPS:
        folder = root / f"chengxue-bench-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        if (folder / "cpuacct.usage").exists() or (folder / "cpu.stat").exists():
            try:
                yield folder
            finally:
                time.sleep(0.5)
                with contextlib.suppress(OSError):
                    folder.rmdir()
            return
        folder.rmdir()
    yield None


def used(group: Path) -> float:
    """CPU seconds of a control group."""
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    return int((group / "cpu.stat").read_text().split()[1]) / 1e6


def measure(command: list[str], environ: dict[str, str], cwd: Path) -> Cost:
    """Run a command; without a control group its children count where they were waited for."""
    with control_group() as group:
        before, began = os.times(), time.monotonic()
        join = None if group is None else lambda: (group / "cgroup.procs").write_text(str(os.getpid())) and None
        done = subprocess.run(
            command, env=environ, cwd=cwd, capture_output=True, text=True, check=False, preexec_fn=join
        )
        wall, after = time.monotonic() - began, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        if group is not None:
            cpu = used(group)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[:4]}: {done.stderr[-2000:]}")
    return Cost(cpu, wall, done.stdout)


def make_course(lab_python: Path, generator: Path, folder: Path) -> list[Lab]:
    """Generate the course and keep of it what stock nbgrader can grade."""
    environ = {"PATH": f"{lab_python.parent}:/usr/bin:/bin", "HOME": str(folder.parent)}
    subprocess.run([lab_python, generator / "make_course.py", folder], check=True, env=environ, capture_output=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    labs = []
    for name, entries in manifest.items():
        for student, kind in entries:
            if kind != "fast":
                shutil.rmtree(folder / "submitted" / student / name, ignore_errors=True)
        labs.append(Lab(name, folder, [student for student, kind in entries if kind == "fast"]))
    return labs


def run_stock(lab: Lab, python: Path, environ: dict[str, str]) -> dict[str, dict[str, float | None]]:
    """Grade by nbgrader's command, a few alone and all in one process; return every cell's score."""
    autograde = [str(python.parent / "nbgrader"), "autograde", lab.name, "--force"]
    alone = [measure([*autograde, "--student", each], environ, lab.course) for each in lab.students[:ONE_BY_ONE]]
    batch = measure(autograde, environ, lab.course)
    lab.figures |= {
        "stock_cli_cpu_s": statistics.median(each.cpu for each in alone),
        "stock_cli_wall_s": statistics.median(each.wall for each in alone),
        "stock_batch_cpu_s": batch.cpu / len(lab.students),
        "stock_batch_wall_s": batch.wall / len(lab.students),
    }
    scores = measure([str(python), "-c", SCORES, f"sqlite:///{lab.course}/gradebook.db", lab.name], environ, lab.course)
    found: dict[str, dict[str, float | None]] = json.loads(scores.output)
    return found


def run_engine(lab: Lab, python: Path, environ: dict[str, str], places: int) -> dict[str, dict[str, float]]:
    """Grade by our engine in one warm process; boot is measured by an empty batch and taken out."""
    batch = lab.course / f"{lab.name}.jsonl"
    files = str(lab.source.parent)
    lines = [
        json.dumps({"id": each, "source": str(lab.source), "submission": str(lab.submission(each)), "files": files})
        for each in lab.students
    ]
    command = [str(python), "-m", "labs.grading.engine", "grade", "--places", str(places), "--batch", str(batch)]
    batch.write_text("")
    boot = measure(command, environ, ROOT)
    batch.write_text("\n".join(lines))
    cost = measure(command, environ, ROOT)
    results = [json.loads(line) for line in cost.output.splitlines()]
    lab.figures |= {
        "boot_cpu_s": boot.cpu,
        "boot_wall_s": boot.wall,
        f"engine_{places}_cpu_s": (cost.cpu - boot.cpu) / len(results),
        f"engine_{places}_wall_s": (cost.wall - boot.wall) / len(results),
        "engine_peak_mb": max(result["cost"]["peak_mb"] for result in results),
    }
    return {
        result["id"]: {each["id"]: each["score"] for each in result["questions"] if each["kind"] == "tests"}
        for result in results
    }


def run_bare(lab: Lab, python: Path, environ: dict[str, str]) -> None:
    """Run the graded notebooks' cells in one warm process, without any grading."""
    graded = [
        str(lab.course / "autograded" / each / lab.name / f"{NOTEBOOKS[lab.name]}.ipynb")
        for each in lab.students
        if "writes_files" not in each
    ]
    cost = measure([str(python), "-c", BARE, str(lab.source.parent), *graded], environ, lab.source.parent)
    lab.figures["bare_cpu_s"] = statistics.mean(json.loads(cost.output).values())


def ratios(figures: dict[str, float]) -> dict[str, float]:
    """The figures that the targets are about."""
    return {
        "cpu_cli_over_engine": figures["stock_cli_cpu_s"] / figures["engine_1_cpu_s"],
        "cpu_batch_over_engine": figures["stock_batch_cpu_s"] / figures["engine_1_cpu_s"],
        "wall_batch_over_engine_2": figures["stock_batch_wall_s"] / figures["engine_2_wall_s"],
        "cpu_engine_over_bare": figures["engine_1_cpu_s"] / figures["bare_cpu_s"],
    }


def differences(stock: dict[str, dict[str, float | None]], ours: dict[str, dict[str, float]]) -> list[str]:
    """Submissions whose cells score otherwise than stock's, without the listed kinds."""
    return [
        student
        for student, cells in ours.items()
        if not student.endswith(DIFFERENT) and rounded(stock[student], cells) != cells
    ]


def rounded(scores: dict[str, float | None], cells: Iterable[str]) -> dict[str, float]:
    """Stock's scores of these cells; one that it did not grade counts as none."""
    return {name: round(scores.get(name) or 0.0, 2) for name in cells}


def main() -> None:
    """Print progress, then one JSON document."""
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, default=GENERATOR)
    options.add_argument("--only", choices=sorted(NOTEBOOKS), help="one of the two labs")
    chosen = options.parse_args()
    generator = chosen.data
    environment = os.environ.get("CHENGXUE_LAB_ENVIRONMENT") or f"{os.environ.get('VAR_DIR', 'var')}/environments/lab"
    python = Path(environment).absolute() / "bin" / "python"
    figures: dict[str, dict[str, float]] = {}
    all_ratios: dict[str, dict[str, float]] = {}
    different: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        environ = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": name, "LANG": "C.UTF-8", "VAR_DIR": name}
        environ["PYTHONPATH"] = str(ROOT)
        labs = make_course(python, generator, Path(name) / "course")
        for lab in [each for each in labs if chosen.only in (None, each.name)]:
            ours = run_engine(lab, python, environ, 1)
            run_engine(lab, python, environ, 2)
            stock = run_stock(lab, python, environ)
            run_bare(lab, python, environ)
            figures[lab.name] = {key: round(value, 4) for key, value in lab.figures.items()}
            all_ratios[lab.name] = {key: round(value, 2) for key, value in ratios(lab.figures).items()}
            different[lab.name] = differences(stock, ours)
            print(lab.name, json.dumps(figures[lab.name]), json.dumps(all_ratios[lab.name]), flush=True)
    machine: dict[str, Any] = {"machine": platform.machine(), "processors": os.cpu_count(), "load": os.getloadavg()}
    document = {"name": "grading", "machine": machine, "figures": figures, "ratios": all_ratios, "different": different}
    print(json.dumps(document))


if __name__ == "__main__":
    main()
