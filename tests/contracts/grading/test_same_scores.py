"""On honest submissions every test cell scores as stock nbgrader's, but for the listed differences."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.grading import DIFFERENT, GENERATOR, Lab, make_course, rounded, run_engine
from benchmarks.grading import SCORES as READ_SCORES

pytestmark = pytest.mark.slow

COMPARED = 7
WANTED = ("good3", "wrong_", "blank", "crash", "syntax", "importerr", "tamper_test", "fake_points", *DIFFERENT)


@pytest.fixture(scope="module")
def labs(lab_environment: Path) -> Iterator[list[Lab]]:
    if not (GENERATOR / "make_course.py").exists():
        if os.environ.get("CI"):
            pytest.fail(f"no course generator at {GENERATOR}")
        pytest.skip(f"no course generator at {GENERATOR}")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield make_course(lab_environment / "bin" / "python", GENERATOR, Path(name) / "course")


@pytest.mark.parametrize("number", [0, 1])
def test_every_test_cell_scores_as_stock(labs: list[Lab], lab_environment: Path, number: int) -> None:
    lab, python = labs[number], lab_environment / "bin" / "python"
    environ = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(lab.course.parent), "LANG": "C.UTF-8"}
    environ |= {"PYTHONPATH": str(Path.cwd()), "VAR_DIR": str(lab.course.parent)}
    assert len(lab.students) >= 20
    ours = run_engine(lab, python, environ, 2)
    again = run_engine(lab, python, environ, 1)
    compared = [student for student in lab.students if any(kind in student for kind in WANTED)]
    for student in lab.students:
        if student not in compared:
            shutil.rmtree(lab.course / "submitted" / student / lab.name)

    command = [python.parent / "nbgrader", "autograde", lab.name]
    subprocess.run(command, cwd=lab.course, env=environ, check=True, capture_output=True)
    book = f"sqlite:///{lab.course}/gradebook.db"
    read = subprocess.run([python, "-c", READ_SCORES, book, lab.name], env=environ, check=True, capture_output=True)
    stock = json.loads(read.stdout)

    assert len(compared) >= COMPARED
    for student in compared:
        cells = rounded(stock[student], ours[student])
        if student.endswith(DIFFERENT):
            assert sum(cells.values()) < sum(ours[student].values()), student
        else:
            assert cells == ours[student], student
    assert ours == again
