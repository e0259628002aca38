"""What both sides of the grader's socket agree on."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import asdict

import pytest

from labs.grader.client import LIMITS
from labs.grader.engine.limits import read_limits
from labs.grader.protocol import (
    Inspection,
    Limits,
    NotebookProblem,
    Operation,
    Outline,
    QuestionKind,
    Severity,
    Verdict,
)
from labs.grading.models import QuestionResult
from tests.graders import ROOT

LAB_EXTENSION = ROOT / "hub_config/lab/labextension/static"


def test_verdicts_are_the_public_ones() -> None:
    """Records, results and other programs hold these words."""
    words = [
        "passed",
        "partial",
        "failed",
        "error",
        "timeout",
        "memory",
        "output",
        "crashed",
        "manual",
        "not_checkable",
    ]

    assert list(Verdict) == words
    assert json.loads(json.dumps(list(Verdict))) == words
    assert f"{Verdict.NOT_CHECKABLE}" == "not_checkable"


def test_verdicts_are_the_choices_of_their_column() -> None:
    field = QuestionResult._meta.get_field("verdict")

    assert [value for value, _label in field.flatchoices] == list(Verdict)
    assert max(map(len, Verdict)) <= (field.max_length or 0)


def test_the_lab_draws_verdicts_that_there_are() -> None:
    """Its scripts and styles cannot import the enum."""
    words, styles = ((LAB_EXTENSION / name).read_text("utf-8") for name in ("words.js", "bar.css"))
    named = re.findall(r"\bverdicts: \{(.*?)\}", words, re.DOTALL)
    drawn = set(re.findall(r'data-verdict="(\w+)"', styles))

    assert len(named) == 2
    assert all(set(re.findall(r"(\w+): \"", each)) == set(Verdict) for each in named)
    assert drawn
    assert drawn <= set(Verdict)


def test_an_inspection_is_read_as_it_was_written() -> None:
    inspection = Inspection(
        [Outline("q1", QuestionKind.TESTS, 2.55, "第 1 题")],
        [NotebookProblem(3, "空白答卷也能得分", "A blank answer earns points", Severity.WARNING)],
        {"files": {"rows.csv": {"from": "bikes/1/data.csv", "rows": 5}}},
    )

    read = Inspection.read(json.loads(json.dumps(asdict(inspection))))

    assert read == inspection
    assert read.questions[0].hundredths == 255
    assert read.is_sound


@pytest.mark.parametrize(("severity", "is_sound"), [("error", False), ("warning", True)])
def test_only_errors_forbid_a_release(severity: str, is_sound: bool) -> None:
    problem = {"cell": None, "message": "没有任何计分的单元格。", "severity": severity}

    read = Inspection.read({"questions": [], "problems": [problem]})

    assert read.is_sound is is_sound
    assert read.problems[0].message_en == problem["message"]


def test_the_limits_of_django_are_the_engines_own() -> None:
    assert LIMITS == {"cpu_s": 60, "wall_s": 120, "memory_mb": 2048}
    assert read_limits(LIMITS) == Limits() == read_limits({})


def test_the_engine_has_an_answer_to_every_operation() -> None:
    """Read, not imported: it needs the libraries of the trainees' environment."""
    tree = ast.parse((ROOT / "labs/grader/engine/requests.py").read_text("utf-8"))
    table = next(
        node.value for node in tree.body if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "OPERATIONS"
    )

    assert isinstance(table, ast.Dict)
    assert [ast.unparse(key) for key in table.keys if key is not None] == [
        f"Operation.{each.name}" for each in Operation
    ]
