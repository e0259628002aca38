"""The packs applied to one lab: attacks that need no knowledge of it must earn nothing, damages must cost nothing."""

from __future__ import annotations

import ast
import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ...protocol import QuestionKind
from ..errors import RequestRefused
from ..grading import Result, grade
from ..notebooks import Notebook, grade_id_of, is_code, is_solution, is_tests, read_source, runs_in_kernel, text_of
from ..packs import Attack, Damage, attacks, damages
from ..packs.building import Names, attacked
from ..packs.damaging import NotApplicable, damaged
from ..planning import analyze
from ..release import released_notebook
from ..running import Job
from ..zygotes import Zygotes

BENIGN = (
    "give(lambda: 0)",
    "give(lambda: 1)",
    "give(lambda: 5)",
    "give(lambda: 7)",
)
"""Wrong answers without any trick: what they earn is the test's own doing."""
SIDE_BY_SIDE = 2

Points = dict[str, float]
Progress = Callable[[str, int, int], None]


@dataclass
class Runner:
    """Grades many submissions of one lab, few at once, until its time is up. `gate` is shared with other work."""

    job: Job
    zygotes: Zygotes
    gate: asyncio.Semaphore
    progress: Progress
    deadline: float

    def is_late(self) -> bool:
        """Tell whether nothing new should begin."""
        return time.monotonic() > self.deadline

    async def points(self, submission: bytes) -> Points | None:
        """Return the points per question with tests; None when the submission was refused."""
        try:
            result = await self.result(submission)
        except RequestRefused:
            return None
        return points_of_tests(result)

    async def result(self, submission: bytes) -> Result:
        """Grade. Raises RequestRefused."""
        async with self.gate:
            return await grade(replace(self.job, submission=submission), self.zygotes)

    async def each(self, stage: str, cases: Iterable[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]) -> list[str]:
        """Do all cases, a few side by side; return the names of those for which no time was left."""
        waiting, late, done = list(cases), [], 0
        total, lock = len(waiting), asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(name: str, do: Callable[[], Coroutine[Any, Any, None]]) -> None:
            nonlocal done
            async with lock:
                if self.is_late():
                    late.append(name)
                else:
                    await do()
                done += 1
                self.progress(stage, done, total)

        await asyncio.gather(*(one(name, do) for name, do in waiting))
        return late


@dataclass
class PackReport:
    """How many cases ran, which went wrong at which questions, and which did not run for want of time."""

    count: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    constant: list[str] = field(default_factory=list)


def points_of_tests(result: Result) -> Points:
    """Return the points of the questions that tests decide."""
    return {question.id: question.score for question in result.questions if question.kind == QuestionKind.TESTS}


def names_of(source: Notebook) -> Names:
    """Return what the solution's cells bind, by kind; imports are nobody's answer."""
    functions: dict[str, None] = {}
    values: dict[str, None] = {}
    classes: dict[str, None] = {}
    for cell in source["cells"]:
        if not (is_solution(cell) and is_code(cell)):
            continue
        facts = analyze(text_of(cell))
        defined = _defined(text_of(cell))
        for name in sorted(facts.binds - facts.imports):
            kind = defined.get(name, "value")
            (functions if kind == "function" else classes if kind == "class" else values)[name] = None
    return Names(tuple(functions), tuple(values), tuple(classes))


def _defined(code: str) -> dict[str, str]:
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return {}
    found = {node.name: "class" for node in body if isinstance(node, ast.ClassDef)}
    return found | {n.name: "function" for n in body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}


async def try_attacks(runner: Runner, blank: Points) -> PackReport:
    """Try every wide attack; a point beyond what blank and plainly wrong answers earn is a stolen one."""
    source, release = read_source(runner.job.source), released_notebook(runner.job.source)
    names, report = names_of(source), PackReport()
    if not any(is_solution(cell) and is_code(cell) for cell in source["cells"]):
        return report
    # A test that its author lets run in the trainee's process cannot hold; that is said elsewhere.
    trusted = {grade_id_of(cell) for cell in source["cells"] if is_tests(cell) and runs_in_kernel(cell)}
    allowed = dict(blank)
    for code in BENIGN:
        plain = Attack("benign", 0, "equal", code=code, wide=True)
        earned = await runner.points(attacked(release, plain, names, {}, is_own=False)) or {}
        report.constant += [name for name, points in earned.items() if points > blank.get(name, 0.0)]
        allowed = {name: max(points, earned.get(name, 0.0)) for name, points in allowed.items()}
    report.constant = sorted(set(report.constant))

    def case(attack: Attack) -> Callable[[], Coroutine[Any, Any, None]]:
        async def do() -> None:
            earned = await runner.points(attacked(release, attack, names, {}, is_own=False)) or {}
            stolen = sorted(n for n, p in earned.items() if p > allowed.get(n, 0.0) and n not in trusted)
            report.count += 1
            if stolen:
                entry = {"name": attack.name, "family": attack.family, "review": attack.review, "questions": stolen}
                report.failures.append(entry)

        return do

    chosen = [attack for attack in attacks() if attack.wide]
    report.skipped = await runner.each("attacks", [(attack.name, case(attack)) for attack in chosen])
    report.failures.sort(key=lambda entry: str(entry["name"]))
    return report


async def _lost(runner: Runner, submission: bytes, full: Points) -> list[str]:
    """Return the questions at which an honest notebook earns less than the author."""
    earned = await runner.points(submission) or {}
    return sorted(name for name, points in full.items() if earned.get(name, 0.0) < points)


async def try_damages(runner: Runner, full: Points) -> PackReport:
    """Damage the author's own answers in every way that fits the lab; each must still earn what they earn."""
    source, release = read_source(runner.job.source), released_notebook(runner.job.source)
    report = PackReport()

    def case(damage: Damage, submission: bytes) -> Callable[[], Coroutine[Any, Any, None]]:
        async def do() -> None:
            report.count += 1
            lost = await _lost(runner, submission, full)
            # A busy machine may run into a limit of time; what a damage does, it does again.
            if lost and (lost := await _lost(runner, submission, full)):
                report.failures.append({"name": damage.name, "questions": lost})

        return do

    cases = []
    for damage in damages():
        if damage.wide:
            try:
                cases.append((damage.name, case(damage, damaged(source, release, damage))))
            except NotApplicable:
                continue
    report.skipped = await runner.each("damages", cases)
    report.failures.sort(key=lambda entry: str(entry["name"]))
    return report
