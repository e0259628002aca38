"""Everything that a lab must pass before it is published, as one report.

A problem of severity `error` forbids the publication; a `warning` asks the author for a second look.
"""

from __future__ import annotations

import ast
import asyncio
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ...protocol import Limits, QuestionKind, Severity, Verdict
from ..autotests import with_autotests
from ..digests import digest, environment_digest, grader_digest
from ..errors import RequestRefused
from ..grading import Result
from ..inspection import inspect_source
from ..notebooks import Notebook, grade_id_of, is_tests, read_source, runs_in_kernel, text_of
from ..release import make_release
from ..running import Job
from ..variants import trial_seeds
from ..zygotes import Zygotes
from . import words
from .imports import late_imports
from .leaks import find_leaks
from .packs import PackReport, Points, Progress, Runner, points_of_tests, try_attacks, try_damages
from .words import Finding

MOST_SECONDS = 50.0
SPENT_TOO_MUCH, SPENT_MUCH = 0.5, 0.25
SLOW_S = 1.0
BLANK_PASSES = 0.5
DAMAGES_SHARE = 0.35
EXECUTING = frozenset({"eval", "exec", "compile", "__import__"})


@dataclass(frozen=True)
class Options:
    """What the author adds: answers that must fail, and whether the lab certifies."""

    wrong: Mapping[str, bytes] = field(default_factory=dict)
    is_certification: bool = False
    seconds: float = MOST_SECONDS


def say_nothing(_stage: str, _done: int, _total: int) -> None:
    """Report no progress."""


async def check_lab(
    job: Job,
    zygotes: Zygotes,
    options: Options,
    *,
    gate: asyncio.Semaphore | None = None,
    progress: Progress = say_nothing,
) -> dict[str, Any]:
    """Run the solution, a blank, wrong answers, attacks and damages, and look for secrets in what trainees get."""
    began = time.monotonic()
    gate = gate or asyncio.Semaphore(2)
    seed = trial_seeds(job.source)[0]
    check = _Check(Runner(replace(job, variant_seed=seed), zygotes, gate, progress, began + options.seconds), options)
    progress("inspection", 0, 1)
    try:
        await check.run()
    except RequestRefused as refusal:
        check.add(Finding("inspection", Severity.ERROR, refusal.message, f"{refusal.code}: {refusal.message}"))
    return check.report(time.monotonic() - began)


class _Check:
    """One check as it goes on; `findings` is what an author must see."""

    def __init__(self, runner: Runner, options: Options) -> None:
        self.runner = runner
        self.options = options
        self.findings: list[Finding] = []
        self.facts: dict[str, Any] = {"questions": [], "wrong": [], "leaks": [], "attacks": {}, "damages": {}}
        self.sections: list[str] = []

    def add(self, *findings: Finding) -> None:
        """Note findings."""
        self.findings += findings

    async def run(self) -> None:
        """Do one section after the other; without a sound solution the rest would say nothing. Raises RequestRefused."""
        runner = self.runner
        async with runner.gate:
            runner.job = await with_autotests(runner.job, runner.zygotes)
        source = read_source(runner.job.source)
        self._lint(source)
        async with runner.gate:
            inspection = await inspect_source(runner.job, runner.zygotes)
        self.facts["questions"] = [asdict(question) for question in inspection.questions]
        self.sections.append("inspection")
        self.add(*(Finding("inspection", p.severity, p.message, p.message_en, p.cell) for p in inspection.problems))
        self._leaks(source)
        if any(finding.severity == Severity.ERROR for finding in self.findings if finding.section == "inspection"):
            return
        full, blank = await self._solution(), await self._blank()
        await self._wrong_answers()
        await self._variants()
        # Attacks come first, and leave time for the damages.
        left = runner.deadline - time.monotonic()
        attack = await try_attacks(replace(runner, deadline=runner.deadline - left * DAMAGES_SHARE), blank)
        self.facts["attacks"] = _facts_of(attack)
        self.add(*words.of_attacks(attack), *words.of_skipped("attacks", attack.skipped))
        damage = await try_damages(runner, full)
        self.facts["damages"] = _facts_of(damage)
        self.add(*words.of_damages(damage), *words.of_skipped("damages", damage.skipped))
        self.sections += ["attacks", "damages"]

    def _lint(self, source: Notebook) -> None:
        """Look at test cells alone: escapes from isolation, and tests that execute what they are given."""
        for number, cell in enumerate(source["cells"], start=1):
            if not is_tests(cell):
                continue
            if runs_in_kernel(cell) and self.options.is_certification:
                self.add(words.of_kernel(number, grade_id_of(cell)))
            if _executes(text_of(cell)):
                self.add(words.of_execution(number, grade_id_of(cell)))

    def _leaks(self, source: Notebook) -> None:
        release = make_release(self.runner.job.source).decode("utf-8")
        leaks = find_leaks(source, release, self.runner.job.files)
        self.facts["leaks"] = [leak.line for leak in leaks]
        self.add(*map(words.of_leak, leaks))
        self.sections.append("leaks")

    async def _solution(self) -> Points:
        """Run the solution twice: the same each time, and well below the limits."""
        runner = self.runner
        runner.progress("solution", 0, 2)
        first = await runner.result(runner.job.source)
        second = await runner.result(runner.job.source)
        self.facts["deterministic"] = replace(first, cost={}) == replace(second, cost={})
        if not self.facts["deterministic"]:
            self.add(words.NOT_DETERMINISTIC)
        self.facts["budget"] = dict(first.cost)
        self.add(*_over_budget(first, runner.job.limits))
        if first.cost["cpu_s"] > SLOW_S:
            late = late_imports(read_source(runner.job.source))
            self.add(*(words.of_import(library, *place) for library, place in late.items()))
        self.sections += ["solution", "budget"]
        return points_of_tests(first)

    async def _blank(self) -> Points:
        self.runner.progress("blank", 0, 1)
        result = await self.runner.result(make_release(self.runner.job.source))
        self.facts["blank"] = result.score
        if _share(result) >= BLANK_PASSES:
            self.add(words.of_blank(_share(result)))
        self.sections.append("blank")
        return points_of_tests(result)

    async def _wrong_answers(self) -> None:
        """Each wrong answer must lose a point somewhere."""
        for number, (name, answer) in enumerate(self.options.wrong.items()):
            self.runner.progress("wrong", number, len(self.options.wrong))
            try:
                result = await self.runner.result(answer)
            except RequestRefused as refusal:
                self.facts["wrong"].append({"name": name, "fails": False, "message": refusal.message})
                self.add(words.of_unreadable(name, refusal.message))
                continue
            fails = _share(result) < 1.0
            entry = {"name": name, "fails": fails, "score": result.score, "max_score": result.max_score}
            self.facts["wrong"].append(entry)
            if not fails:
                self.add(words.of_wrong(name))
        self.sections.append("wrong")

    async def _variants(self) -> None:
        """Find variants of the data, as trainees may get them, on which the solution is not right."""
        seeds = trial_seeds(self.runner.job.source)[1:]
        for number, seed in enumerate(seeds):
            self.runner.progress("variants", number, len(seeds))
            own = replace(self.runner, job=replace(self.runner.job, variant_seed=seed))
            result = await own.result(self.runner.job.source)
            if _share(result) < 1.0:
                tests = [each for each in result.questions if each.kind == QuestionKind.TESTS]
                self.add(words.of_variant(seed, [each.id for each in tests if each.verdict != Verdict.PASSED]))
        if seeds:
            self.sections.append("variants")

    def report(self, seconds: float) -> dict[str, Any]:
        """Return the whole as JSON."""
        bad = {finding.section for finding in self.findings if finding.severity == Severity.ERROR}
        sections = [{"name": name, "passed": name not in bad} for name in dict.fromkeys([*self.sections, *sorted(bad)])]
        source = self.runner.job.source
        digests = {"source": digest(source), "environment": environment_digest(), "grader": grader_digest()}
        return {
            **self.facts,
            "problems": [asdict(finding) for finding in self.findings],
            "sections": sections,
            "ok": not bad,
            "complete": not any(self.facts[pack].get("skipped") for pack in ("attacks", "damages")),
            "digests": digests,
            "seconds": round(seconds, 2),
        }


def _facts_of(report: PackReport) -> dict[str, Any]:
    return {"run": report.count, "failures": report.failures, "skipped": report.skipped}


def _share(result: Result) -> float:
    tests = [question for question in result.questions if question.kind == QuestionKind.TESTS]
    most = sum(each.max_score for each in tests)
    return sum(each.score for each in tests) / most if most else 0.0


def _over_budget(result: Result, limits: Limits) -> list[Finding]:
    found = []
    for name, used, limit in (
        ("cpu_s", result.cost["cpu_s"], limits.cpu_s),
        ("wall_s", result.cost["wall_s"], limits.wall_s),
        ("peak_mb", result.cost["peak_mb"], float(limits.memory_mb)),
    ):
        if used > SPENT_MUCH * limit:
            found.append(words.of_budget(name, used, limit, is_error=used > SPENT_TOO_MUCH * limit))
    return found


def _executes(code: str) -> bool:
    """Tell whether a test calls eval, exec and the like on something that is no literal."""
    try:
        calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return False
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in EXECUTING]
    return any(call.args and not isinstance(call.args[0], ast.Constant) for call in named)
