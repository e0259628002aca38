"""Everything a lab must pass before it is published, as one report."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .errors import RequestRefused
from .grading import Result, grade
from .inspection import inspect_source
from .notebooks import (
    BEGIN_HIDDEN,
    END_HIDDEN,
    Notebook,
    grade_id_of,
    hidden_lines,
    is_tests,
    read_source,
    runs_in_kernel,
    text_of,
)
from .release import make_release
from .running import Job
from .zygotes import Zygotes

SHORTEST_SECRET = 12


@dataclass(frozen=True)
class Options:
    """What the author adds: answers that must fail, and whether the lab certifies."""

    wrong: Mapping[str, bytes] = field(default_factory=dict)
    is_certification: bool = False


async def check_lab(job: Job, zygotes: Zygotes, options: Options) -> dict[str, Any]:
    """Run the solution, a blank, the author's wrong answers, and look for secrets in the trainee's notebook."""
    began = time.monotonic()
    inspection = await inspect_source(job, zygotes)
    report: dict[str, Any] = {
        "questions": [asdict(question) for question in inspection.questions],
        "problems": [asdict(problem) for problem in inspection.problems],
        "wrong": [],
        "leaks": [],
    }
    is_sound = not any(problem.severity == "error" for problem in inspection.problems)
    if is_sound:
        notebook = read_source(job.source)
        report["leaks"] = leaks(notebook, make_release(job.source).decode("utf-8"))
        report["deterministic"] = await _is_deterministic(job, zygotes)
        for name, answer in options.wrong.items():
            report["wrong"].append(await _try_wrong(name, replace(job, submission=answer), zygotes))
        if options.is_certification:
            report["problems"] += [in_kernel_problem(cell_id) for cell_id in _in_kernel(notebook)]
            is_sound = not _in_kernel(notebook)
    is_failing = all(entry["fails"] for entry in report["wrong"])
    report["ok"] = is_sound and not report["leaks"] and is_failing and report.get("deterministic", False)
    report["seconds"] = round(time.monotonic() - began, 2)
    return report


async def _try_wrong(name: str, job: Job, zygotes: Zygotes) -> dict[str, Any]:
    """A wrong answer must lose a point somewhere."""
    try:
        result = await grade(job, zygotes)
    except RequestRefused as refusal:
        return {"name": name, "fails": False, "message": refusal.message}
    return {"name": name, "fails": _tested(result) < 1.0, "score": result.score, "max_score": result.max_score}


def _tested(result: Result) -> float:
    tests = [question for question in result.questions if question.kind == "tests"]
    return sum(each.score for each in tests) / (sum(each.max_score for each in tests) or 1.0)


async def _is_deterministic(job: Job, zygotes: Zygotes) -> bool:
    first, second = [await grade(job, zygotes) for _ in range(2)]
    return replace(first, cost={}) == replace(second, cost={})


def leaks(notebook: Notebook, release: str) -> list[str]:
    """Return the hidden lines that a trainee's notebook still contains."""
    visible = {line.strip() for line in release.replace("\\n", "\n").replace('\\"', '"').split("\n")}
    found = []
    for cell in notebook["cells"]:
        lines = text_of(cell).split("\n")
        for number in sorted(hidden_lines(text_of(cell))):
            line = lines[number - 1].strip()
            is_marker = BEGIN_HIDDEN in line or END_HIDDEN in line
            if (is_marker and line in release) or (not is_marker and len(line) >= SHORTEST_SECRET and line in visible):
                found.append(line)
    return found


def _in_kernel(notebook: Notebook) -> list[str]:
    return [grade_id_of(cell) for cell in notebook["cells"] if is_tests(cell) and runs_in_kernel(cell)]


def in_kernel_problem(name: str) -> dict[str, Any]:
    """Say that a certifying lab may not test in the trainee's own process."""
    return {
        "cell": None,
        "message": f"认证实训不能使用 in_kernel：测试“{name}”会在学员自己的进程里运行。",
        "message_en": f"A certifying lab may not use in_kernel: test “{name}” would run in the trainee's own process.",
        "severity": "error",
    }
