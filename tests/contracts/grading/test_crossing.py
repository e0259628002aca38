"""What crosses between trainee and checker, on real processes: values, functions, classes, files, and their changes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.graders import ROOT, GraderProcess, answer_cell, graded_cell, make_cell, make_notebook

pytestmark = pytest.mark.slow


def test_every_type_comes_out_as_it_went_in(lab_environment: Path) -> None:
    command = [lab_environment / "bin/python", "-B", "-m", "tests.contracts.grading.crossing"]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}

    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)

    report = json.loads(done.stdout.splitlines()[-1])
    assert report["wrong"] == []
    assert report["believed"] == []
    assert report["values"] > 100


# Each: the answer, then the test that stock nbgrader would pass too.
HONEST = {
    "argument-changed-in-place": ("def f(a): a.append(3)", "x = [1]\nf(x)\nassert x == [1, 3]"),
    "nested-argument-changed": (
        "def f(d): d['k'].append(1)",
        "inner = []\nd = {'k': inner}\nf(d)\nassert inner == [1]",
    ),
    "array-changed": ("def f(a): a *= 2", "import numpy as np\na = np.arange(3)\nf(a)\nassert a.tolist() == [0, 2, 4]"),
    "frame-changed": (
        "def f(t): t['b'] = t['a'] * 2",
        "import pandas as pd\nt = pd.DataFrame({'a': range(5000)})\nf(t)\nassert t['b'].sum() == 2 * t['a'].sum()\nf(t)\nassert 'b' in t",
    ),
    "frame-left-alone": (
        "def f(t): return t.sort_values('a')",
        "import pandas as pd\nt = pd.DataFrame({'a': range(5000, 0, -1)})\nkept = t.copy()\nf(t)\nassert t.equals(kept) and f(t)['a'].iloc[0] == 1",
    ),
    "frame-changed-by-test-between-calls": (
        "def f(t): return int(t['a'].sum())",
        "import pandas as pd\nt = pd.DataFrame({'a': [1] * 5000})\nassert f(t) == 5000\nt.loc[0, 'a'] = 10\nassert f(t) == 5009",
    ),
    "same-object-returned": ("def f(a):\n    a.sort()\n    return a", "x = [2, 1]\nassert f(x) is x and x == [1, 2]"),
    "stream": (
        "def f(s): return s.readline()",
        "import io\ns = io.StringIO('a\\nb\\n')\nassert f(s) == 'a\\n' and s.read() == 'b\\n'",
    ),
    "global-changed-by-call": ("seen = []\ndef f(x): seen.append(x)", "f(1)\nf(2)\nassert seen == [1, 2]"),
    "global-rebound-by-call": ("n = 0\ndef f():\n    global n\n    n += 1", "f()\nf()\nassert n == 2"),
    "callback": ("def f(g, xs): return [g(x) for x in xs]", "assert f(lambda x: x * 10, [1, 2]) == [10, 20]"),
    "builtin-as-argument": ("def f(g, xs): return g(xs)", "assert f(max, [1, 3]) == 3 and f(sum, [1, 3]) == 4"),
    "closure": ("def f(n): return lambda x: x + n", "assert f(2)(3) == 5"),
    "generator": (
        "def f():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "g = f()\nassert [next(g) for _ in range(3)] == [0, 1, 2]",
    ),
    "generator-as-argument": ("def f(g): return next(g) + next(g)", "assert f(n for n in (5, 6, 7)) == 11"),
    "keyword-and-default": ("def f(a, *, b=2): return a + b", "assert f(1) == 3 and f(1, b=5) == 6"),
    "builtin-exception": (
        "def f(x):\n    if x < 0: raise ValueError('负数')\n    return x",
        "try:\n    f(-1)\n    assert False\nexcept ValueError as e:\n    assert '负数' in str(e)",
    ),
    "own-exception": (
        "class Empty(ValueError): pass\ndef f(): raise Empty('空')",
        "try:\n    f()\n    assert False\nexcept Empty as e:\n    assert str(e) == '空' and isinstance(e, ValueError)",
    ),
    "key-error": (
        "def f(d): return d['x']",
        "try:\n    f({})\n    assert False\nexcept KeyError as e:\n    assert e.args == ('x',)",
    ),
    "class": (
        "class Stack:\n    def __init__(self, items=()): self.items = list(items)\n    def push(self, x): self.items.append(x)\n"
        "    def pop(self): return self.items.pop()\n    def __len__(self): return len(self.items)\n"
        "    def __iter__(self): return iter(self.items)\n    def __contains__(self, x): return x in self.items",
        "s = Stack([1])\ns.push(2)\nassert len(s) == 2 and list(s) == [1, 2] and 2 in s and s.pop() == 2 and s.items == [1]\n"
        "s.items = [9]\nassert s.pop() == 9 and isinstance(s, Stack)",
    ),
    "operators": (
        "class V:\n    def __init__(self, x): self.x = x\n    def __add__(self, o): return V(self.x + o.x)\n"
        "    def __mul__(self, k): return V(self.x * k)\n    def __eq__(self, o): return self.x == o.x\n    def __repr__(self): return f'V({self.x})'",
        "assert V(1) + V(2) == V(3) and V(2) * 3 == V(6) and V(1) != V(2) and repr(V(1)) == 'V(1)'",
    ),
    "inheritance": (
        "class A:\n    def who(self): return 'A'\nclass B(A): pass",
        "assert issubclass(B, A) and isinstance(B(), A) and B().who() == 'A'",
    ),
    "class-attribute": (
        "class C:\n    limit = 3\n    @staticmethod\n    def two(): return 2\n    @classmethod\n    def make(cls): return cls()",
        "assert C.limit == 3 and C.two() == 2 and isinstance(C.make(), C)",
    ),
    "dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: int = 0\ndef f(): return P(1)",
        "assert f().x == 1 and P(1) == P(1, 0) and f() == P(1)",
    ),
    "enum": (
        "from enum import Enum\nclass Color(Enum):\n    RED = 1\n    BLUE = 2",
        "assert Color.RED.value == 1 and Color.RED is Color.RED and len(list(Color)) == 2 and Color(2) is Color.BLUE",
    ),
    "context-manager": (
        "class M:\n    def __enter__(self): return 5\n    def __exit__(self, *a): return True",
        "with M() as m:\n    assert m == 5",
    ),
    "named-tuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\ndef f(): return P(1, 2)",
        "assert f() == (1, 2) and f().x == 1 and P(1, 2) == f() and isinstance(f(), P)",
    ),
    "partial": ("from functools import partial\nf = partial(pow, 2)", "assert f(3) == 8"),
    "lambda": (
        "f = lambda a, b: a - b",
        "assert f(3, 1) == 2 and callable(f) and f.__name__ == '<lambda>' or f(3, 1) == 2",
    ),
    "doc-and-signature": (
        "def f(a, b=1):\n    '''说明'''\n    return a",
        "import inspect\nassert f.__doc__ == '说明' and list(inspect.signature(f).parameters) == ['a', 'b'] and f.__name__ == 'f'",
    ),
    "coroutine": ("async def f(x): return x + 1", "assert await f(1) == 2"),
    "recursion": ("def f(n): return 1 if n < 2 else n * f(n - 1)", "assert f(20) == 2432902008176640000"),
    "decorator": (
        "def f(g):\n    def inner(*a): return g(*a) * 2\n    return inner",
        "@f\ndef three(): return 3\nassert three() == 6",
    ),
    "file-written": (
        "open('out.csv', 'w').write('a\\n1\\n')",
        "import pandas as pd\nassert pd.read_csv('out.csv')['a'].tolist() == [1]",
    ),
    "file-written-by-call": ("def f(): open('res.txt', 'w').write('好')", "f()\nassert open('res.txt').read() == '好'"),
    "setup-object-changed": ("base['k'] = 1\nnumbers.append(4)", "assert base == {'k': 1} and numbers == [1, 2, 3, 4]"),
    "import-in-the-answer": (
        "import statistics as st\nf = st.mean",
        "assert f([1, 3]) == 2 and st.median([1, 2, 9]) == 2",
    ),
    "complex-and-decimal": (
        "from decimal import Decimal\nf = lambda: (1 + 2j, Decimal('0.1'))",
        "assert f() == (1 + 2j, Decimal('0.1'))",
    ),
    "large-integer": ("def f(n): return 2 ** n", "assert f(5000) == 2 ** 5000"),
    "magic-in-test": ("x = 1", "%matplotlib inline\nassert x == 1"),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_answer_passes_as_it_would_in_one_process(warm_grader: GraderProcess, name: str) -> None:
    answer, test = HONEST[name]
    source = make_notebook(
        make_cell("code", "setup", "base = {}\nnumbers = [1, 2, 3]", locked=True),
        answer_cell("a1", f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"),
        graded_cell("q1", test),
    )

    result = warm_grader.grade(source, source)

    assert [(q["verdict"], q["message"]) for q in result["questions"]] == [("passed", "通过。")]


def test_value_that_cannot_cross_fails_with_its_type(warm_grader: GraderProcess) -> None:
    source = make_notebook(
        answer_cell("a1", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), graded_cell("q1", "assert x")
    )
    odd = make_notebook(answer_cell("a1", "class Odd: pass\nx = Odd()"), graded_cell("q1", "assert x"))

    question = warm_grader.grade(source, odd)["questions"][0]

    assert question["verdict"] == "failed"
    assert "x 的类型 Odd 不能用于评分" in question["message"]


def test_author_is_told_what_cannot_be_checked_in_isolation(warm_grader: GraderProcess) -> None:
    test = graded_cell("q1", "assert figure.axes")
    answer = "### BEGIN SOLUTION\nimport matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n### END SOLUTION"
    isolated = make_notebook(answer_cell("a1", answer), test)
    escaped = make_notebook(answer_cell("a1", answer), test)
    escaped["cells"][1]["metadata"]["chengxue"] = {"in_kernel": True}

    problems = warm_grader.inspect(isolated)["problems"]

    assert [(p["cell"], p["severity"]) for p in problems] == [(2, "error")]
    assert "cannot be checked in isolation" in problems[0]["message_en"]
    assert "Figure" in problems[0]["message"]
    assert [p["severity"] for p in warm_grader.inspect(escaped)["problems"]] == ["warning"]
    result = warm_grader.grade(escaped, escaped)
    assert (result["score"], result["flags"]) == (2.0, ["in_kernel:q1"])


def test_slow_function_costs_its_own_question_only(warm_grader: GraderProcess) -> None:
    source = make_notebook(
        answer_cell("a1", "### BEGIN SOLUTION\ndef f(n): return n\ny = 2\n### END SOLUTION"),
        graded_cell("q1", "assert f(1) == 1"),
        graded_cell("q2", "assert y == 2"),
        graded_cell("q3", "assert f(0) == 0"),
    )
    for body in (
        "while n: pass\n    return n",
        "while n:\n        try:\n            while True: pass\n        except BaseException: pass\n    return n",
    ):
        slow = make_notebook(answer_cell("a1", f"y = 2\ndef f(n):\n    {body}"))

        result = warm_grader.grade(source, slow, limits={"cpu_s": 20, "wall_s": 24, "memory_mb": 1024})

        assert [q["verdict"] for q in result["questions"]] == ["timeout", "passed", "passed"], body
