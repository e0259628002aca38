"""No attack of the table earns a point, reads a secret, or leaves anything running."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.grading.cases import EXHAUSTION, FORGERY, INTEGRITY, READING, Attack
from tests.graders import GraderProcess, answer_cell, graded_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

SECRET = "31337"
SOURCE = make_notebook(
    answer_cell("a1", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell(
        "q1",
        "assert double(2) == 4, f'得到 {double(2)}'\n"
        f"### BEGIN HIDDEN TESTS\nassert double({SECRET}) == 62674, '再想想'\n### END HIDDEN TESTS",
        points=10,
    ),
    answer_cell("a2", "### BEGIN SOLUTION\ny = 1\n### END SOLUTION"),
    graded_cell("q2", "assert y == 1, f'y 是 {y}'", points=1),
)
LIMITS = {"cpu_s": 7, "wall_s": 16, "memory_mb": 1024}


@dataclass(frozen=True)
class Listening:
    """Servers on the host that a sandbox must not reach."""

    port: int
    path: str
    abstract: str


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    path = str(tmp_path_factory.mktemp("host") / "host.sock")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as named,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        named.bind(path)
        named.listen()
        abstract.bind("\0chengxue-attack")
        abstract.listen()
        yield Listening(tcp.getsockname()[1], path, "chengxue-attack")


def verdicts(result: dict[str, Any]) -> dict[str, str]:
    return {question["id"]: question["verdict"] for question in result["questions"]}


def attack(grader: GraderProcess, case: Attack, code: str = "") -> dict[str, Any]:
    began = time.monotonic()
    result = grader.grade(SOURCE, with_answers(SOURCE, a1=code or case.code), limits=LIMITS)
    assert time.monotonic() - began < LIMITS["wall_s"] + 5
    return result


@pytest.mark.parametrize("case", INTEGRITY, ids=lambda case: case.name)
def test_tampering_earns_nothing(warm_grader: GraderProcess, case: Attack) -> None:
    result = attack(warm_grader, case)

    assert result["questions"][0]["verdict"] in case.verdicts
    assert result["questions"][0]["score"] == 0


@pytest.mark.parametrize("case", [*FORGERY, *EXHAUSTION], ids=lambda case: case.name)
def test_attack_earns_nothing_and_harms_no_other_question(warm_grader: GraderProcess, case: Attack) -> None:
    result = attack(warm_grader, case)

    assert verdicts(result)["q1"] in case.verdicts
    assert verdicts(result)["q2"] == "passed"
    assert result["score"] == 1
    assert case.says in result["questions"][0]["message"]
    assert SECRET not in json.dumps(result)
    assert len(json.dumps(result)) < 10_000


@pytest.mark.parametrize("case", READING, ids=lambda case: case.name)
def test_nothing_of_the_host_can_be_reached(
    warm_grader: GraderProcess, lab_environment: Path, listening: Listening, case: Attack
) -> None:
    known = f"PORT, SOCKET, ABSTRACT = {listening.port}, {listening.path!r}, {listening.abstract!r}\n"
    known += f"ENVIRONMENT = {str(lab_environment)!r}\n"

    result = attack(warm_grader, case, known + case.code)

    assert verdicts(result) == {"q1": "error", "q2": "passed"}
    assert case.says in result["questions"][0]["message"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "import sys\ndef double(x):\n    globals()['seen'] = str(sys._getframe(1).f_code.co_consts)\n    return 2 * x",
            "raise RuntimeError(seen)",
        ),
        ("seen = []\ndef double(x):\n    seen.append(x)\n    return 2 * x", "raise KeyError(str(seen[-1]))"),
        ("seen = []\ndef double(x):\n    seen.append(x)\n    return 2 * x", "y = seen[-1]"),
        (
            "seen = []\ndef double(x):\n    seen.append(x)\n    return 2 * x",
            "print(seen)\nraise type(str(seen), (Exception,), {})",
        ),
        ("def double(x):\n    raise ValueError(f'x was {x}')\ndef g(): pass", "y = 1"),
        ("def double(x):\n    print(x)\n    return x + 2", "y = 1"),
        (
            "import inspect, gc\ndef double(x):\n"
            "    globals()['seen'] = str([o for o in gc.get_objects() if 'HIDDEN' in str(o)[:9999]][:1])\n    return 2 * x",
            "raise NameError(seen)",
        ),
    ],
    ids=["frames", "arguments", "value", "type", "exception", "print", "gc"],
)
def test_what_hidden_tests_contain_reaches_no_person(warm_grader: GraderProcess, first: str, second: str) -> None:
    result = warm_grader.grade(SOURCE, with_answers(SOURCE, a1=first, a2=second), limits=LIMITS)

    told = json.dumps(result["questions"], ensure_ascii=False)
    assert SECRET not in told
    assert "HIDDEN" not in told


def test_submission_cannot_change_what_tests_are_worth(warm_grader: GraderProcess) -> None:
    greedy = with_answers(SOURCE, a1="def double(x): return 5", q1="assert True")
    greedy["cells"][1]["metadata"]["nbgrader"] |= {"points": 1000, "grade": False, "solution": True}
    greedy["cells"].append(graded_cell("q1", "assert True", points=1000))
    greedy["cells"].append(graded_cell("bonus", "assert True", points=1000))

    result = warm_grader.grade(SOURCE, greedy)

    assert (result["score"], result["max_score"]) == (1, 11)
    assert sorted(result["flags"]) == ["test_cell_edited:q1", "unknown_cell:bonus"]


def test_daemon_does_not_outlive_its_verdict(warm_grader: GraderProcess) -> None:
    daemon = (
        "import os, subprocess\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        subprocess.run(['sleep', '86403'])\n"
        "    os._exit(0)\n"
        "subprocess.Popen(['sleep', '86403'], start_new_session=True)\n"
    )

    warm_grader.grade(SOURCE, with_answers(SOURCE, a1=daemon))
    time.sleep(1)

    commands = [folder / "cmdline" for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    assert not [path for path in commands if path.exists() and b"86403" in path.read_bytes().split(b"\0")]


def test_bombs_do_not_stop_the_grading_of_others(warm_grader: GraderProcess) -> None:
    bomb = next(case for case in EXHAUSTION if case.name == "13-fork-bomb")

    with ThreadPoolExecutor(2) as pool:
        hostile = pool.submit(attack, warm_grader, bomb)
        honest = pool.submit(warm_grader.grade, SOURCE, SOURCE)

    assert honest.result()["score"] == 11
    assert hostile.result()["score"] == 1


def test_nothing_stays_from_one_submission_to_the_next(warm_grader: GraderProcess) -> None:
    planting = "for folder in ('/work', '/tmp', '/dev/shm'):\n    open(folder + '/planted', 'w').close()"
    looking = 'import glob\nraise RuntimeError(f\'found: {glob.glob("/*/planted") + glob.glob("/dev/shm/*")}\')'

    warm_grader.grade(SOURCE, with_answers(SOURCE, a1=planting))
    result = warm_grader.grade(SOURCE, with_answers(SOURCE, a1=looking))

    assert "found: []" in result["questions"][0]["message"]
