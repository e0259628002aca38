"""Nothing that a trainee's process hands to the checker earns a point that the answer does not deserve."""

from __future__ import annotations

import base64
import json

import pytest

from tests.attacks.grading.crossing_cases import ANSWERS
from tests.graders import GraderProcess, answer_cell, graded_cell, make_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

SOURCE = make_notebook(
    make_cell(
        "code",
        "setup",
        "import math\nimport numpy as np\nimport pandas as pd\nfrom helper import limit\nrows = [1, 2, 3]\nexpected, tolerance = 6, 1e-9",
        locked=True,
    ),
    answer_cell(
        "a1",
        "### BEGIN SOLUTION\nclass Point:\n    def __init__(self, x): self.x = x\n    def __eq__(self, o): return self.x == o.x\n"
        "def total(rows):\n    return sum(rows)\ndef spread(values):\n    return np.asarray(values) - np.mean(values)\n"
        "def table(rows):\n    return pd.DataFrame({'a': rows, 'b': [2 * row for row in rows]})\nlabel = '城市'\n### END SOLUTION",
    ),
    graded_cell("t1", "assert total(rows) == expected\nassert abs(total(rows) - expected) < tolerance"),
    graded_cell("t2", "assert math.isclose(total([0.5, 0.25]), 0.75) and len(rows) == 3 and rows == [1, 2, 3]"),
    graded_cell("t3", "assert expected == total([1, 2, 3]) and isinstance(total(rows), int)"),
    graded_cell("n1", "np.testing.assert_allclose(spread([1.0, 2.0, 3.0]), [-1, 0, 1])"),
    graded_cell(
        "n2",
        "assert np.array_equal(spread([2.0, 4.0]), np.array([-1.0, 1.0]))\nassert np.isclose(spread([2.0, 4.0])[1], 1.0)",
    ),
    graded_cell("p1", "pd.testing.assert_frame_equal(table([1]), pd.DataFrame({'a': [1], 'b': [2]}))"),
    graded_cell(
        "p2",
        "assert table([1, 2]).equals(pd.DataFrame({'a': [1, 2], 'b': [2, 4]}))\nassert (table([3])['b'] == 6).all()",
    ),
    graded_cell(
        "p3",
        "import json, statistics, colorsys\nassert 6 in list(table(rows)['b']) and limit == 7\nassert pd.read_csv('rates.csv')['a'].sum() == sum(table([5])['a'])",
    ),
    graded_cell("l1", "assert label == '城市' and label.startswith('城') and '市' in label and label in ['城市']"),
    graded_cell("l2", "(total([1]) == 1) + (label == '城市')", points=2),
)
FILES = {
    "helper.py": base64.b64encode(b"limit = 7\n").decode(),
    "rates.csv": base64.b64encode(b"a\n2\n3\n").decode(),
}
LIMITS = {"cpu_s": 10, "wall_s": 24, "memory_mb": 1024}


def test_right_answers_pass_every_test(warm_grader: GraderProcess) -> None:
    result = warm_grader.grade(SOURCE, SOURCE, files=FILES, limits=LIMITS)

    assert result["score"] == result["max_score"] == 20, [(q["id"], q["message"]) for q in result["questions"]]


@pytest.mark.parametrize("name", ANSWERS)
def test_deception_earns_nothing(warm_grader: GraderProcess, name: str) -> None:
    result = warm_grader.grade(SOURCE, with_answers(SOURCE, a1=ANSWERS[name]), files=FILES, limits=LIMITS)

    assert result["score"] == 0, [(q["id"], q["score"]) for q in result["questions"] if q["score"]]
    assert len(json.dumps(result)) < 20_000
    assert result["cost"]["wall_s"] < LIMITS["wall_s"] + 5
