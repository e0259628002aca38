"""Verdicts of real sandboxed runs."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any

import pytest

from tests.graders import GraderProcess, answer_cell, encode, graded_cell, make_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

SOURCE = make_notebook(
    make_cell("code", "setup", "import math", locked=True),
    answer_cell("a1", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell(
        "q1",
        "assert double(2) == 4, '2 的两倍是 4'\n"
        "### BEGIN HIDDEN TESTS\nassert double(-3) == -6, '负数也要成立'\n### END HIDDEN TESTS",
    ),
    answer_cell("a2", "### BEGIN SOLUTION\nparts = [1, 2, 3, 4]\n### END SOLUTION"),
    graded_cell("q2", "sum(part > 2 for part in parts)", points=2),
    answer_cell("a3", "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"),
    graded_cell("q3", "assert answer == 42", points=3),
    make_cell("markdown", "essay", "### BEGIN SOLUTION\n略\n### END SOLUTION", grade=True, solution=True, points=5),
)
LIMITS = {"cpu_s": 8, "wall_s": 14, "memory_mb": 1024}

# Time is not what runs out here, on a busy machine neither.
ROOMY = {"cpu_s": 40, "wall_s": 80, "memory_mb": 1024}


def verdicts(result: dict[str, Any]) -> dict[str, str]:
    return {question["id"]: question["verdict"] for question in result["questions"]}


def message(result: dict[str, Any], name: str) -> str:
    text: str = next(q["message"] for q in result["questions"] if q["id"] == name)
    return text


def test_right_answers_earn_all_points_that_tests_give(warm_grader: GraderProcess) -> None:
    result = warm_grader.grade(SOURCE, SOURCE)

    assert verdicts(result) == {"q1": "passed", "q2": "passed", "q3": "passed", "essay": "manual"}
    assert (result["score"], result["max_score"]) == (7.0, 12.0)
    assert result["flags"] == []
    assert result["digests"]["submission"] == sha256(encode(SOURCE)).hexdigest()
    assert len(result["digests"]["environment"]) == len(result["digests"]["grader"]) == 64
    assert 0 < result["cost"]["cpu_s"] < 30
    assert result["cost"]["peak_mb"] > 20


def test_same_input_gives_the_same_result_but_for_its_cost(warm_grader: GraderProcess) -> None:
    chance = with_answers(
        SOURCE, a1="import random\nluck = random.random()\ndef double(x): return luck", a2="parts=[luck*3]"
    )

    results = [warm_grader.grade(SOURCE, chance) for _ in range(2)]

    assert {**results[0], "cost": None} == {**results[1], "cost": None}


def test_blank_answers_fail_and_say_so(warm_grader: GraderProcess) -> None:
    result = warm_grader.grade(SOURCE, warm_grader.release(SOURCE))

    assert set(verdicts(result).values()) == {"failed"}
    assert message(result, "q1") == "这道题还没有作答。"
    assert result["score"] == 0


def test_last_expression_of_a_test_gives_partial_credit(warm_grader: GraderProcess) -> None:
    result = warm_grader.grade(SOURCE, with_answers(SOURCE, a2="parts = [1, 5]"))

    assert next(q for q in result["questions"] if q["id"] == "q2") | {"message": ""} == {
        "id": "q2",
        "kind": "tests",
        "verdict": "partial",
        "score": 1.0,
        "max_score": 2.0,
        "message": "",
    }


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        ("def double(x): return x + 2", "failed", "负数也要成立"),
        ("def double(x): return 5", "failed", "2 的两倍是 4"),
        ("def double(x):\n    return x * y", "error", "NameError"),
        ("def double(x:\n    return 1", "error", "SyntaxError"),
        ("import nosuchmodule", "error", "ModuleNotFoundError（nosuchmodule）"),
        ("import time\ntime.sleep(60)", "timeout", "运行超时"),
        ("while True:\n    try:\n        pass\n    except BaseException:\n        pass", "timeout", "运行超时"),
        ("x = bytearray(2 << 30)", "memory", "内存超出限制"),
        ("while True:\n    print('x' * 100000)", "output", "输出太多"),
        ("import os\nos._exit(0)", "crashed", "终止"),
        ("import ctypes\nctypes.string_at(0)", "crashed", "终止"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "error", "NameError"),
        ("exit()", "error", "exit()"),
        ("input('?')", "error", "input()"),
        ("def double(x):\n    import os\n    os._exit(0)", "crashed", "终止"),
    ],
)
def test_wrong_answer_gets_its_verdict_and_the_others_are_graded(
    warm_grader: GraderProcess, answer: str, verdict: str, said: str
) -> None:
    result = warm_grader.grade(SOURCE, with_answers(SOURCE, a1=answer), limits=LIMITS)

    assert verdicts(result) == {"q1": verdict, "q2": "passed", "q3": "passed", "essay": "manual"}
    assert said in message(result, "q1")
    assert result["cost"]["wall_s"] < LIMITS["wall_s"] + 5


@pytest.mark.parametrize(
    "answer",
    [
        "%matplotlib inline\n!echo 你好\nanswer = 42",
        "%%time\nanswer = 42",
        "import asyncio\nawait asyncio.sleep(0.01)\nanswer = 42",
        "import warnings\nwarnings.warn('小心')\nanswer = 42",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nanswer = 42",
        "from IPython.display import display\ndisplay({'a': 1})\nanswer = 42",
        "open('own.txt', 'w').write('42')\nanswer = int(open('own.txt').read())",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    n: int\nanswer = A(42).n",
    ],
    ids=["magic", "cell-magic", "await", "stderr", "plot", "display", "file", "class"],
)
def test_what_works_in_the_lab_works_in_grading(warm_grader: GraderProcess, answer: str) -> None:
    assert verdicts(warm_grader.grade(SOURCE, with_answers(SOURCE, a3=answer)))["q3"] == "passed"


@pytest.mark.parametrize(
    "answer",
    [
        "x = []\nwhile True:\n    x.append(bytes(1 << 20))",
        "x = []\nwhile True:\n    x.append(bytes(1 << 12))",
        "x = []\nwhile True:\n    x.append(bytes(1 << 9))",
        "x = []\ndef double(n):\n    while True:\n        x.append(bytes(1 << 20))",
        "x = []\ntry:\n    while True:\n        x.append(bytes(1 << 20))\nfinally:\n    kept = list(x)",
    ],
)
def test_an_answer_that_keeps_all_memory_leaves_room_to_the_next_question(
    warm_grader: GraderProcess, answer: str
) -> None:
    needs_room = "big = list(range(2_000_000))\nparts = [1, 2, 3, 4]"

    result = warm_grader.grade(SOURCE, with_answers(SOURCE, a1=answer, a2=needs_room), limits=ROOMY)

    assert verdicts(result) == {"q1": "memory", "q2": "passed", "q3": "passed", "essay": "manual"}


def test_what_stood_before_one_request_too_large_is_kept(warm_grader: GraderProcess) -> None:
    source = make_notebook(
        answer_cell("a1", "### BEGIN SOLUTION\ndef double(x): return 2 * x\n### END SOLUTION"),
        graded_cell("q1", "assert double(2) == 4"),
    )
    answer = "def double(x): return 2 * x\nlarge = bytes(5 << 30)"

    for _ in range(2):
        result = warm_grader.grade(source, with_answers(source, a1=answer), limits=LIMITS)
        assert verdicts(result) == {"q1": "passed"}


def test_every_cell_that_kills_costs_its_own_question_only(warm_grader: GraderProcess) -> None:
    deadly = with_answers(SOURCE, a1="import os\nos._exit(1)", a2="import ctypes\nctypes.string_at(0)")

    result = warm_grader.grade(SOURCE, deadly)

    assert verdicts(result) == {"q1": "crashed", "q2": "crashed", "q3": "passed", "essay": "manual"}


def test_after_too_many_deaths_the_rest_says_why(warm_grader: GraderProcess) -> None:
    deadly = with_answers(SOURCE, a1="import os\ndef double(x): os._exit(1)")
    for number in range(5):
        deadly["cells"].insert(2, make_cell("code", f"own-{number}", "import os\nos._exit(1)"))

    result = warm_grader.grade(SOURCE, deadly)

    assert set(verdicts(result).values()) == {"crashed", "manual"}
    assert "多次终止" in message(result, "q3")


def test_check_runs_visible_tests_only(warm_grader: GraderProcess) -> None:
    wrong_for_hidden = with_answers(SOURCE, a1="def double(x): return abs(2 * x)")

    assert verdicts(warm_grader.grade(SOURCE, wrong_for_hidden, visible_only=True))["q1"] == "passed"
    assert verdicts(warm_grader.grade(SOURCE, wrong_for_hidden))["q1"] == "failed"


def test_question_with_hidden_tests_alone_cannot_be_checked(warm_grader: GraderProcess) -> None:
    hidden = "### BEGIN HIDDEN TESTS\nassert answer == 42\n### END HIDDEN TESTS"
    source = with_answers(SOURCE, q3=hidden)

    assert verdicts(warm_grader.grade(source, source, visible_only=True))["q3"] == "not_checkable"


def test_files_of_the_release_stand_beside_the_notebook(warm_grader: GraderProcess) -> None:
    content = base64.b64encode(b"answer = 42\n").decode()
    reading = with_answers(SOURCE, a3="from given.numbers import answer")

    result = warm_grader.grade(SOURCE, reading, files={"given/numbers.py": content})

    assert verdicts(result)["q3"] == "passed"


def test_release_holds_no_solution_and_no_hidden_test(warm_grader: GraderProcess) -> None:
    release = encode(warm_grader.release(SOURCE)).decode()

    assert "return 2 * x" not in release
    assert "HIDDEN" not in release
    assert "负数" not in release
    assert "2 的两倍是 4" in release


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"op": "nothing"}, "unknown_op"),
        ({"op": "grade"}, "bad_request"),
        ({"op": "grade", "source": "!", "submission": ""}, "bad_request"),
        ({"op": "grade", "source": base64.b64encode(encode(SOURCE)).decode(), "submission": ""}, "bad_submission"),
        ({"op": "grade", "source": "", "submission": ""}, "bad_source"),
        ({"op": "release", "source": base64.b64encode(b"{}").decode()}, "bad_source"),
        ({"op": "grade", "source": "", "submission": "", "files": {"../x": ""}}, "bad_file_name"),
    ],
)
def test_unusable_request_is_refused_with_a_code(
    warm_grader: GraderProcess, request_: dict[str, Any], code: str
) -> None:
    last = warm_grader.events(**request_)[-1]

    assert (last["event"], last["code"]) == ("error", code)
