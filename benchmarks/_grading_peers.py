"""The peers of the grading benchmark, each in an environment of its own that is built from our lock and not touched."""

from __future__ import annotations

import ast
import copy
import json
import os
import re
import shutil
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._measuring import measure
from portal.installation.environments import build_environ as plain_environ
from portal.installation.environments import built_whole, ensure_environment, install_command, is_built, stamp_of
from portal.installation.messages import Refusal
from portal.installation.paths import Paths
from portal.installation.preflight import system_python

OTTER = "otter-grader==7.0.0"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+==[^\\\n]+?) *\\?$", re.MULTILINE)
NOTEBOOKS = {"ps1": "city_lab", "ps2": "join_lab"}
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
    samples: dict[str, list[float]] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        """The instructor's notebook."""
        return self.course / "source" / self.name / f"{NOTEBOOKS[self.name]}.ipynb"

    def submission(self, student: str) -> Path:
        """One trainee's notebook."""
        return self.course / "submitted" / student / self.name / f"{NOTEBOOKS[self.name]}.ipynb"

    def add(self, name: str, value: float) -> None:
        """Note one measurement."""
        self.samples.setdefault(name, []).append(value)

    def figures(self) -> dict[str, float]:
        """Return the median of every measurement."""
        return {name: round(statistics.median(values), 4) for name, values in sorted(self.samples.items())}


def environ_of(python: Path, home: Path) -> dict[str, str]:
    """Return the variables of a peer's commands: its own environment and nothing of ours."""
    return {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}


def nbgrader_python(paths: Paths) -> Path:
    """Build the peer's environment from the lock of the lab's, without anything of ours in it."""
    named = os.environ.get("CHENGXUE_PEER_ENVIRONMENT")
    folder = Path(named).absolute() if named else paths.var / "peers" / "nbgrader"
    if not named:
        folder.parent.mkdir(parents=True, exist_ok=True)
        ensure_environment(paths, "nbgrader", folder, paths.root / "requirements" / "lab.txt")
    return folder / "bin" / "python"


def otter_python(paths: Paths) -> Path | None:
    """Build otter's environment with the same versions of everything that it shares with the lab; None without it."""
    folder, lock = paths.var / "peers" / "otter", paths.root / "requirements" / "lab.txt"
    stamp = stamp_of(folder, lock)
    python = folder / "bin" / "python"
    if is_built(folder, stamp):
        return python
    folder.parent.mkdir(parents=True, exist_ok=True)
    constraints = folder.with_suffix(".txt")
    constraints.write_text("\n".join(PINNED.findall(lock.read_text("utf-8"))), encoding="utf-8")
    try:
        with built_whole(folder):
            has_pip = [] if shutil.which("uv") else ["--with-pip"]
            venv = ["-m", "venv", *([] if has_pip else ["--without-pip"])]
            subprocess.run([system_python(), *venv, folder], check=True, capture_output=True)
            what = [OTTER, "ipykernel", "pandas", "numpy", "pyarrow", "--constraint", str(constraints)]
            subprocess.run(install_command(python, what), check=True, capture_output=True, env=plain_environ())
            (folder / ".built-from").write_text(stamp, encoding="utf-8")
    except (subprocess.CalledProcessError, OSError, Refusal):
        return None
    return python


def run_alone(lab: Lab, python: Path, environ: Mapping[str, str], students: list[str]) -> None:
    """Grade a few by nbgrader's command, one by one."""
    for each in students:
        command = [python.parent / "nbgrader", "autograde", lab.name, "--force", "--student", each]
        cost = measure(command, environ, lab.course)
        lab.add("nbgrader_command_cpu_s", cost.cpu)
        lab.add("nbgrader_command_wall_s", cost.wall)


def run_batch(lab: Lab, python: Path, environ: Mapping[str, str]) -> None:
    """Grade all by nbgrader's command in its one process."""
    cost = measure([python.parent / "nbgrader", "autograde", lab.name, "--force"], environ, lab.course)
    lab.add("nbgrader_batch_cpu_s", cost.cpu / len(lab.students))
    lab.add("nbgrader_batch_wall_s", cost.wall / len(lab.students))


def weigh_command(lab: Lab, python: Path, environ: Mapping[str, str]) -> None:
    """Look at the memory of one command."""
    command = [python.parent / "nbgrader", "autograde", lab.name, "--force", "--student", lab.students[0]]
    lab.add("nbgrader_memory_mb", measure(command, environ, lab.course, watches_memory=True).memory_mb)


def scores(lab: Lab, python: Path, environ: Mapping[str, str]) -> dict[str, dict[str, float | None]]:
    """Return every graded cell's score from the peer's grade book."""
    command = [python, "-c", SCORES, f"sqlite:///{lab.course}/gradebook.db", lab.name]
    found: dict[str, dict[str, float | None]] = json.loads(measure(command, environ, lab.course).output)
    return found


def run_otter(lab: Lab, python: Path, environ: Mapping[str, str], times: int) -> None:
    """Grade the reference answers by `otter run`: the same questions, tests and points, made by `otter assign`."""
    folder = lab.course / "otter" / lab.name
    if not folder.exists():
        folder.mkdir(parents=True)
        data = sorted(path for path in lab.source.parent.iterdir() if path.suffix == ".csv")
        for path in data:
            shutil.copy(path, folder)
        master = folder / f"{NOTEBOOKS[lab.name]}.ipynb"
        master.write_text(json.dumps(_otter_master(json.loads(lab.source.read_text()), [p.name for p in data])))
        assign = [str(python.parent / "otter"), "assign", master.name, "dist", "--no-run-tests"]
        subprocess.run(assign, cwd=folder, env=dict(environ), check=True, capture_output=True)
    made = folder / "dist" / "autograder"
    package = next(made.glob("*autograder*.zip"))
    solved = made / f"{NOTEBOOKS[lab.name]}.ipynb"
    for _ in range(times):
        command = [python.parent / "otter", "run", "-a", package, "-o", folder, solved]
        cost = measure(command, environ, folder)
        lab.add("otter_cpu_s", cost.cpu)
        lab.add("otter_wall_s", cost.wall)


def _otter_master(source: dict[str, Any], files: list[str]) -> dict[str, Any]:
    """Write an nbgrader source as otter's: questions between raw cells, hidden tests in cells of their own."""
    cells = [_raw(f"# ASSIGNMENT CONFIG\nexport_cell: false\nrun_tests: false\nfiles: {json.dumps(files)}")]
    answer: str | None = None
    for cell in source["cells"]:
        marks, text = cell["metadata"].get("nbgrader", {}), "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        if marks.get("solution"):
            answer = text.replace("### BEGIN SOLUTION", "# BEGIN SOLUTION").replace(
                "### END SOLUTION", "# END SOLUTION"
            )
        elif marks.get("grade"):
            cells += _otter_question(marks["grade_id"], marks["points"], answer, text)
            answer = None
        else:
            cells.append(_code(text))
    document = copy.deepcopy({key: value for key, value in source.items() if key != "cells"})
    document["metadata"]["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return document | {"cells": [cell | {"id": f"c{number}"} for number, cell in enumerate(cells)]}


def _otter_question(name: str, points: float, answer: str | None, tests: str) -> list[dict[str, Any]]:
    cells = [_raw(f"# BEGIN QUESTION\nname: {name}\npoints: {points}")]
    if answer is not None:
        cells += [_raw("# BEGIN SOLUTION"), _code(answer), _raw("# END SOLUTION")]
    # One cell each, because otter's tests do not see each other's names.
    cells += [_raw("# BEGIN TESTS"), _code(f"# HIDDEN\n{_silent(tests)}"), _raw("# END TESTS")]
    return [*cells, _raw("# END QUESTION")]


def _silent(tests: str) -> str:
    """Keep the last expression's value: otter would compare what it shows with an output that nobody wrote."""
    tree = ast.parse(tests)
    last = tree.body[-1]
    if isinstance(last, ast.Expr):
        tree.body[-1] = ast.Assign([ast.Name("shown", ast.Store())], last.value, lineno=last.lineno)
    return ast.unparse(ast.fix_missing_locations(tree))


def _raw(text: str) -> dict[str, Any]:
    return {"cell_type": "raw", "metadata": {}, "source": text}


def _code(text: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
