"""One submission: run the merged notebook in a sandbox and turn what happened into verdicts."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import explanations, kernel, sandbox
from .digests import digest, environment_digest, grader_digest
from .kernel import Kernel, KernelDied, Reply
from .limits import Limits
from .merging import Merged, Question, Step, merge
from .notebooks import (
    grade_id_of,
    has_statements,
    hidden_lines,
    points_of,
    read_source,
    read_submission,
    visible_part,
)
from .release import released_notebook

MOST_RESTARTS = 3
RESTART_CPU_SECONDS = 10.0
LIBRARIES = ("numpy", "pandas")
RAISED_VERDICTS = {
    "CellTimeout": "timeout",
    "OutputLimit": "output",
    "MemoryError": "memory",
}


@dataclass(frozen=True)
class Job:
    """Everything that a grade depends on."""

    source: bytes
    submission: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    datasets: Path | None = None
    visible_only: bool = False
    limits: Limits = field(default_factory=Limits)
    slot: int = 0


@dataclass(frozen=True)
class QuestionResult:
    """The verdict on one graded cell."""

    id: str
    kind: str
    verdict: str
    score: float
    max_score: float
    message: str


@dataclass(frozen=True)
class Result:
    """What a grade is, as in the public interface."""

    score: float
    max_score: float
    questions: list[QuestionResult]
    flags: list[str]
    digests: dict[str, str]
    cost: dict[str, float]


@dataclass(frozen=True)
class Outcome:
    """How one step ended."""

    verdict: str
    message: str = ""
    value: float | None = None


async def grade(job: Job) -> Result:
    """Grade one submission. Raises BadSource, BadSubmission, SandboxUnavailable."""
    began, cpu_before = time.monotonic(), time.thread_time()
    source, submission = read_source(job.source), read_submission(job.submission)
    merged = merge(source, released_notebook(job.source), submission)
    run = Run(job, merged)
    await run.complete()
    points = {grade_id_of(cell): points_of(cell) for cell in source["cells"] if grade_id_of(cell)}
    questions = [run.judge(question, points[question.id]) for question in merged.questions]
    used = sum(each.cpu_s for each in run.usages) + time.thread_time() - cpu_before
    peak = max((each.peak_mb for each in run.usages), default=0.0)
    return Result(
        score=_round(sum(question.score for question in questions)),
        max_score=_round(sum(question.max_score for question in questions)),
        questions=questions,
        flags=merged.flags,
        digests={
            "submission": digest(job.submission),
            "source": digest(job.source),
            "environment": environment_digest(),
            "grader": grader_digest(),
        },
        cost={
            "cpu_s": round(used, 3),
            "wall_s": round(time.monotonic() - began, 3),
            "peak_mb": round(peak),
        },
    )


class Run:
    """Runs the steps in order; a step that ends the sandbox is left out and the rest goes on in a new one."""

    def __init__(self, job: Job, merged: Merged) -> None:
        self.job = job
        self.steps = merged.steps
        self.outcomes: dict[str, Outcome] = {}
        self.usages: list[kernel.Usage] = []
        self.restarts = 0
        self.deadline = kernel.now() + job.limits.wall_s
        self.secret = False

    async def complete(self) -> None:
        """Give every step an outcome."""
        if not any(step.role == "tests" for step in self.steps):
            return
        position = 0
        while position < len(self.steps) and self.restarts <= MOST_RESTARTS and self._left() > 0:
            position = await self._run_from(position)

    async def _run_from(self, first: int) -> int:
        """Run from this step until the end or a death; return the step to go on with."""
        running = await self._start()
        try:
            await self._replay(running, first)
            for position in range(first, len(self.steps)):
                if self._left() <= 0:
                    break
                step = self.steps[position]
                try:
                    self.outcomes[step.key] = await self._run_step(running, step)
                except KernelDied as death:
                    self.outcomes[step.key] = Outcome(death.reason, explanations.DEATHS[death.reason])
                    return position + 1
        except KernelDied:
            # What ran before does not run again (chance, time): the questions left cannot be reached.
            self.restarts = MOST_RESTARTS
        finally:
            self.restarts += 1
            self.usages.append(running.usage)
            await running.close()
        return len(self.steps)

    async def _replay(self, running: Kernel, end: int) -> None:
        """Bring a new sandbox to where the last one was, without the cells that ended or blocked it."""
        for step in self.steps[:end]:
            if step.role != "tests" and self.outcomes[step.key].verdict in ("passed", "error"):
                await self._run_step(running, step)

    async def _start(self) -> Kernel:
        self.secret = False
        job = self.job
        place = sandbox.Place(sandbox.lab_environment(), job.datasets, sandbox.child_uid(job.slot))
        spent = sum(usage.cpu_s for usage in self.usages)
        # A cell that burnt everything must not take the questions after it along.
        cpu_s = max(job.limits.cpu_s - spent, min(job.limits.cpu_s, RESTART_CPU_SECONDS))
        limits = Limits(cpu_s, job.limits.wall_s, job.limits.memory_mb)
        seed = hashlib.sha256(job.submission).hexdigest()
        return await kernel.start(place, job.files, limits, preload=_preload(self.steps), seed=seed)

    async def _run_step(self, running: Kernel, step: Step) -> Outcome:
        is_test = step.role == "tests"
        code = visible_part(step.code) if is_test and self.job.visible_only else step.code
        if not code.strip() or (is_test and not has_statements(code)):
            return Outcome("not_checkable" if is_test else "passed")
        if is_test and hidden_lines(code):
            self.secret = True
        seconds = max(min(self.job.limits.cell_s, self._left()), 0.1)
        return self._read(await running.run(code, is_test=is_test, seconds=seconds), step, code)

    def _read(self, reply: Reply, step: Step, code: str) -> Outcome:
        is_test = step.role == "tests"
        if reply.ok:
            return Outcome("passed", value=reply.value if is_test else None)
        verdict = RAISED_VERDICTS.get(reply.type)
        if verdict is not None:
            return Outcome(verdict, explanations.DEATHS[verdict])
        if not is_test:
            return Outcome("error", explanations.explain_error(reply, code, secret=self.secret))
        failed = reply.type in ("AssertionError", "NotImplementedError")
        message = explanations.explain_failure(reply, code, secret=self.secret)
        return Outcome("failed" if failed else "error", message)

    def _left(self) -> float:
        return self.deadline - kernel.now()

    def judge(self, question: Question, points: float) -> QuestionResult:
        """Turn the outcomes around one graded cell into its verdict."""
        if question.kind == "manual":
            verdict, message = ("failed", explanations.UNANSWERED) if question.unanswered else ("manual", "")
            return QuestionResult(
                question.id,
                "manual",
                verdict,
                0.0,
                points,
                message or explanations.MANUAL,
            )
        outcome = self.outcomes.get(f"grade:{question.id}")
        if outcome is None:
            is_late = self.restarts <= MOST_RESTARTS
            outcome = (
                Outcome("timeout", explanations.NO_TIME_LEFT) if is_late else Outcome("crashed", explanations.UNREACHED)
            )
        if outcome.verdict == "passed":
            return _passed(question, outcome, points)
        if outcome.verdict == "not_checkable":
            message = explanations.NOT_CHECKABLE
            return QuestionResult(question.id, "tests", "not_checkable", 0.0, points, message)
        outcome = self._cause(question, outcome)
        return QuestionResult(question.id, "tests", outcome.verdict, 0.0, points, outcome.message)

    def _cause(self, question: Question, outcome: Outcome) -> Outcome:
        """Prefer what went wrong in the answer itself to the test's complaint about it."""
        answers = self._answers(question)
        if answers and all(step.unanswered for step in answers):
            return Outcome("failed", explanations.UNANSWERED)
        for step in answers:
            own = self.outcomes.get(step.key)
            if own is not None and own.verdict != "passed":
                return own
        return outcome

    def _answers(self, question: Question) -> list[Step]:
        """Return the answer cells (and the trainee's own) between the test before this one and this one."""
        answers: list[Step] = []
        for step in self.steps:
            if step.role == "tests":
                if step.key == f"grade:{question.id}":
                    break
                answers = []
            elif step.role == "answer":
                answers.append(step)
        return answers


def _passed(question: Question, outcome: Outcome, points: float) -> QuestionResult:
    value = outcome.value
    if value is None or value >= points:
        return QuestionResult(question.id, "tests", "passed", points, points, explanations.PASSED)
    if value > 0:
        return QuestionResult(question.id, "tests", "partial", _round(value), points, explanations.PARTIAL)
    return QuestionResult(question.id, "tests", "failed", 0.0, points, explanations.VISIBLE_FAILED)


def _preload(steps: Sequence[Step]) -> list[str]:
    text = "\n".join(step.code for step in steps)
    return [name for name in LIBRARIES if re.search(rf"\b(import|from)\s+{name}\b", text)]


def _round(value: float) -> float:
    return round(value + 1e-9, 2)
