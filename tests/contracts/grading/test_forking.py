"""Fork servers: what opening cells leave to every submission, and what is done where forking is unsafe."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.graders import ROOT, GraderProcess, answer_cell, graded_cell, make_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def probed(lab_environment: Path) -> dict[str, Any]:
    command = [lab_environment / "bin/python", "-B", "-m", "tests.contracts.grading.probing"]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "VAR_DIR": os.environ["VAR_DIR"]}
    right = make_notebook(
        answer_cell("a1", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), graded_cell("q1", "assert x")
    )
    given = json.dumps([right, with_answers(right, a1="import os\nos._exit(1)")])
    done = subprocess.run(command, cwd=ROOT, env=environ, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_fork_servers_of_the_shipped_environment_have_one_thread(probed: dict[str, Any]) -> None:
    assert probed["shipped_threads"] == [1, 1]
    assert probed["shipped_preload"] == ["numpy", "pandas", "matplotlib.pyplot"]


def test_library_that_starts_threads_is_not_imported_before_the_fork(probed: dict[str, Any]) -> None:
    assert probed["threaded"] == {"threads": [1, 1], "score": 2.0}


def test_without_the_one_call_a_submission_is_forked_twice(probed: dict[str, Any]) -> None:
    assert probed["forked_twice"] == {"score": 2.0, "crashed": "crashed"}


def test_fork_servers_that_worked_much_are_replaced_when_nobody_works(probed: dict[str, Any]) -> None:
    assert probed["refreshed"] == {"while_held": True, "replaced": True, "kept": True, "score": 2.0}


def test_fork_servers_whose_client_goes_away_as_they_start_are_ended(probed: dict[str, Any]) -> None:
    assert probed["called_off"] == {"ended": [True, True], "score": 2.0}


def test_host_that_lets_a_call_through_is_named_and_refused(probed: dict[str, Any]) -> None:
    assert probed["lacking"] == "call_getpid"
    assert "call_getpid" in probed["refusal"]


def graded(grader: GraderProcess, opening: str, answer: str, test: str, **options: Any) -> dict[str, Any]:
    source = make_notebook(
        make_cell("code", "setup", opening, locked=True),
        answer_cell("a1", f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"),
        graded_cell("q1", test),
    )
    return grader.grade(source, source, **options)


def test_opening_cell_that_leaves_a_thread_runs_in_every_submission(warm_grader: GraderProcess) -> None:
    opening = (
        "import threading\ngo = threading.Event()\nthreading.Thread(target=go.wait, daemon=True).start()\nbase = 4"
    )

    for _ in range(2):
        assert graded(warm_grader, opening, "x = base + 1", "assert x == base + 1")["score"] == 2


def test_lab_that_begins_with_polars_is_graded(warm_grader: GraderProcess) -> None:
    opening = "import polars as pl\ntable = pl.DataFrame({'区': ['长安', '新城', '长安'], 'n': [1, 2, 3]})"
    answer = "def total(t): return t.group_by('区').agg(pl.col('n').sum()).sort('区')\nfound = total(table)"
    test = (
        "assert total(table).rows() == [('新城', 2), ('长安', 4)]\n"
        "assert found.schema == {'区': pl.String, 'n': pl.Int64} and found.equals(total(table))"
    )

    assert graded(warm_grader, opening, answer, test)["score"] == 2


CHANCE = "import random\nimport numpy as np\nimport pandas as pd\n"


@pytest.mark.parametrize(
    ("opening", "answer", "test"),
    [
        ("np.random.seed(7)\nrandom.seed(7)", "x = (np.random.rand(), random.random())", "np.random.seed(7)\nrandom.seed(7)\nassert x == (np.random.rand(), random.random())"),
        ("t = pd.DataFrame({'a': np.random.rand(5000)})", "x = t['a'].sum()", "assert x == t['a'].sum()"),
        ("t = pd.DataFrame({'a': np.random.rand(5000)})", "def f(t): return t['a'].sum()", "assert f(t) == t['a'].sum()"),
    ],
    ids=["seeded", "table-drawn", "table-drawn-and-handed-over"],
)  # fmt: skip
def test_chance_of_opening_cells_is_the_same_on_both_sides(
    warm_grader: GraderProcess, opening: str, answer: str, test: str
) -> None:
    assert graded(warm_grader, CHANCE + opening, answer, test)["score"] == 2


TABLE = "import pandas as pd\nt = pd.DataFrame({'a': range(9000), 's': ['长安', None, 'x'] * 3000})\nwhole = t.copy()"


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        ("def f(t): return t", "assert f(t) is t"),
        ("def f(t):\n    t = t.copy()\n    t['a'] = 0\n    return t", "assert f(t)['a'].sum() == 0 and t.equals(whole)"),
        ("def f(t): t['a'] = 0", "f(t)\nassert t['a'].sum() == 0 and whole['a'].sum() > 0"),
        ("def f(t): t.loc[0, 's'] = '新城'", "f(t)\nassert t['s'].iloc[0] == '新城' and whole['s'].iloc[0] == '长安'"),
        ("def f(t): return t[t['a'] > 10]", "u = f(t)\nassert len(u) == 8989\nassert len(f(u)) == 8989 and f(u).equals(u)"),
        ("t['b'] = t['a'] * 2\ndef f(t): return int(t['b'].sum())", "assert 'b' in t and f(t) == 2 * whole['a'].sum()"),
        ("def f(t): return [t, t.head(2), {'k': t}]", "u = f(t)\nassert u[0].equals(t) and len(u[1]) == 2 and u[2]['k'].equals(t)"),
        ("def f(s): return s.str.len().sum()", "assert f(t['s']) == f(whole['s']) == t['s'].str.len().sum()"),
        ("def f(t): return t.drop(columns='name') if 'name' in t else t", "u = t.assign(name=1)\nassert list(f(u)) == ['a', 's'] and list(f(u)) == ['a', 's']"),
    ],
    ids=["returned", "copied", "changed", "text-changed", "result-handed-back", "column-added", "in-containers", "series", "column-called-name"],
)  # fmt: skip
def test_table_of_an_opening_cell_counts_as_one_that_crossed(
    warm_grader: GraderProcess, answer: str, test: str
) -> None:
    assert graded(warm_grader, TABLE, answer, test)["questions"][0]["message"] == "通过。"


def test_files_of_the_release_may_be_changed_and_are_whole_for_the_next(warm_grader: GraderProcess) -> None:
    files = {"city.csv": base64.b64encode(b"a\n1\n").decode(), "deep/er.txt": base64.b64encode(b"x").decode()}
    opening, test = (
        "import pandas as pd\nt = pd.read_csv('city.csv')",
        "assert x == 1 and pd.read_csv('city.csv')['a'].sum() == 1",
    )
    source = make_notebook(
        make_cell("code", "setup", opening, locked=True),
        answer_cell("a1", "### BEGIN SOLUTION\nx = int(open('city.csv').read().split()[1])\n### END SOLUTION"),
        graded_cell("q1", test),
    )
    changing = with_answers(
        source,
        a1="import os\nopen('city.csv', 'w').write('a\\n1\\n')\nos.remove('deep/er.txt')\nopen('own', 'w').write('1')\nx = 1",
    )

    assert [warm_grader.grade(source, each, files=files)["score"] for each in (source, changing, source)] == [2, 2, 2]
    looking = with_answers(
        source,
        a1="import os\nx = int(sorted(os.listdir('.')) == ['city.csv', 'deep'] and os.path.exists('deep/er.txt'))",
    )
    assert warm_grader.grade(source, looking, files=files)["score"] == 2
