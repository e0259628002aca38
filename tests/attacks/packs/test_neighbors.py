"""What one submission does touches no other, and what it says of its points is not believed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from labs.grader.engine.packs import attacks, labs
from labs.grader.engine.packs.building import source_of
from tests.attacks.packs.running import LIMITS, grade_bytes, submission_of
from tests.graders import GraderProcess, encode, graded_cell, with_answers

pytestmark = pytest.mark.slow

SOURCE = source_of(labs()["plain"])


def test_submission_cannot_change_what_tests_are_worth(warm_grader: GraderProcess) -> None:
    greedy = with_answers(SOURCE, a1="def double(x): return 5", q1="assert True")
    greedy["cells"][1]["metadata"]["nbgrader"] |= {"points": 1000, "grade": False, "solution": True}
    greedy["cells"].append(graded_cell("q1", "assert True", points=1000))
    greedy["cells"].append(graded_cell("bonus", "assert True", points=1000))

    result = warm_grader.grade(SOURCE, greedy)

    assert (result["score"], result["max_score"]) == (1, 11)
    assert sorted(result["flags"]) == ["test_cell_edited:q1", "unknown_cell:bonus"]


def test_bombs_do_not_stop_the_grading_of_others(warm_grader: GraderProcess) -> None:
    bomb = next(attack for attack in attacks() if attack.name == "13-fork-bomb")
    hostile_notebook = submission_of(bomb, warm_grader.release(SOURCE), {})

    with ThreadPoolExecutor(2) as pool:
        hostile = pool.submit(grade_bytes, warm_grader, "plain", hostile_notebook)
        honest = pool.submit(grade_bytes, warm_grader, "plain", encode(SOURCE))

    assert honest.result().result["score"] == 11
    assert hostile.result().result["score"] == 1


def test_nothing_stays_from_one_submission_to_the_next(warm_grader: GraderProcess) -> None:
    planting = "for folder in ('/work', '/tmp', '/dev/shm'):\n    open(folder + '/planted', 'w').close()"
    looking = 'import glob\nraise RuntimeError(f\'found: {glob.glob("/*/planted") + glob.glob("/dev/shm/*")}\')'

    warm_grader.grade(SOURCE, with_answers(SOURCE, a1=planting), limits=LIMITS)
    result = warm_grader.grade(SOURCE, with_answers(SOURCE, a1=looking), limits=LIMITS)

    assert "found: []" in result["questions"][0]["message"]
