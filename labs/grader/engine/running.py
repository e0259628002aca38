"""Runs one submission: its cells in the trainee's process and, at their place, the tests in the checker's."""

from __future__ import annotations

import socket
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..protocol import Limits, Verdict
from . import children, explanations
from .children import Child, ChildDied, Reply
from .digests import digest, kept_digest
from .inside.link import TOO_SLOW
from .limits import cell_seconds
from .merging import Merged, Step
from .notebooks import has_statements, hidden_lines, visible_part
from .planning import Plan
from .zygotes import Opening, Role, Zygotes

MOST_RESTARTS = 3
RESTART_CPU_SECONDS = 10.0
# A quarter of the least that an author may allow.
ROOM = "bytearray(64 << 20) and None"
RAISED_VERDICTS = {
    "CellTimeout": Verdict.TIMEOUT,
    "OutputLimit": Verdict.OUTPUT,
    "MemoryError": Verdict.MEMORY,
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
    variant_seed: str = ""


@dataclass(frozen=True)
class Outcome:
    """How one step ended; `kind` is the type of a value that could not cross."""

    verdict: Verdict
    message: str = ""
    value: float | None = None
    kind: str = ""


class Run:
    """Runs the steps in order; a step that ends its process is left out and the rest goes on in a new one."""

    def __init__(self, job: Job, merged: Merged, plan: Plan, zygotes: Zygotes) -> None:
        self.job = job
        self.steps = merged.steps
        self.plan = plan
        self.zygotes = zygotes
        self.outcomes: dict[str, Outcome] = {}
        self.usages: list[children.Usage] = []
        self.restarts = 0
        self.deadline = children.now() + job.limits.wall_s
        self.secret = False
        self.trainee: Child | None = None
        self.checker: Child | None = None
        self.opening = self._opening()
        self.shared: list[str] = []

    async def complete(self) -> None:
        """Give every step an outcome."""
        if not any(step.role == "tests" for step in self.steps):
            return
        position = 0
        try:
            while position < len(self.steps) and self.restarts <= MOST_RESTARTS and self.left() > 0:
                position = await self._run_from(position)
        finally:
            await self._close("trainee", "checker")

    def left(self) -> float:
        """Return the seconds that are left."""
        return self.deadline - children.now()

    async def _run_from(self, first: int) -> int:
        """Run from this step until the end or a death; return the step to go on with."""
        try:
            await self._start()
            await self._replay(first)
        except ChildDied:
            # What ran before does not run again (chance, time): the questions left cannot be reached.
            self.restarts = MOST_RESTARTS + 1
            return len(self.steps)
        for position in range(first, len(self.steps)):
            if self.left() <= 0:
                break
            step = self.steps[position]
            try:
                self.outcomes[step.key] = await self._run_step(step, position)
                if self.outcomes[step.key].verdict is Verdict.MEMORY:
                    await self._require_room()
            except ChildDied as death:
                self.outcomes[step.key] = Outcome(death.reason, explanations.DEATHS[death.reason])
                self.restarts += 1
                return position + 1
        return len(self.steps)

    async def _start(self) -> None:
        """Start what is not running. A checker outlives its trainee's process and gets a line to the next one."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            if self.trainee is None:
                shared = await self.zygotes.shared(self._kept_opening())
                self.shared = shared if self.checker is None or shared == self.shared else []
                self.trainee = await children.start(self.zygotes, self._wanted("trainee"), ours)
                if self.checker is not None:
                    await self.checker.join(theirs, shares=bool(self.shared))
            if self.checker is None:
                self.checker = await children.start(self.zygotes, self._wanted("checker"), theirs)

    def _kept_opening(self) -> Opening | None:
        """Return the opening when so much is graded that fork servers keep it."""
        return self.opening if self.zygotes.is_warm else None

    def _wanted(self, role: Role) -> children.Start:
        job = self.job
        spent = sum(usage.cpu_s for usage in self.usages)
        # A cell that burned everything must not take the questions after it along.
        cpu_s = max(job.limits.cpu_s - spent, min(job.limits.cpu_s, RESTART_CPU_SECONDS))
        # Opening cells know nothing of a submission, wherever they run.
        seed = self.opening.digest if self.opening is not None else digest(job.submission)
        limits = replace(job.limits, cpu_s=cpu_s)
        classes = self.plan.classes if role == "checker" else ()
        return children.Start(role, job.files, limits, seed, classes, self._kept_opening(), self.shared)

    async def _close(self, *roles: Role) -> None:
        for role in roles:
            child: Child | None = getattr(self, role)
            if child is not None:
                await child.close()
                self.usages.append(child.usage)
                setattr(self, role, None)

    def _opening(self) -> Opening | None:
        """Find the files and the author's cells that every submission begins with."""
        cells = []
        for step in self.steps:
            if step.role != "locked" or self.plan.cells.get(step.key) != step.code or self.plan.names.get(step.key):
                break
            cells.append(step.code)
        names = [f"{name}\0{kept_digest(content)}" for name, content in sorted(self.job.files.items())]
        key = digest("\0\0".join([str(self.job.datasets), *names, *cells]).encode())
        return Opening(key, self.job.files, cells, cell_seconds(self.job.limits)) if cells or names else None

    def _opened(self, child: Child) -> int:
        """Return how many steps a process has run before it was forked."""
        return len(self.opening.cells) if self.opening is not None and child.zygote.is_template else 0

    async def _replay(self, end: int) -> None:
        """Bring a new process to where the last one was, without the cells that ended or blocked it."""
        for position, step in enumerate(self.steps[:end]):
            is_fit = self.outcomes[step.key].verdict in (Verdict.PASSED, Verdict.ERROR)
            if step.role != "tests" and is_fit:
                await self._run_cell(step, position)

    async def _run_step(self, step: Step, position: int) -> Outcome:
        if step.role != "tests":
            reply = await self._run_cell(step, position)
            return self._read(reply, step, step.code) if reply is not None else Outcome(Verdict.PASSED)
        code = visible_part(step.code) if self.job.visible_only else step.code
        if not has_statements(code):
            return Outcome(Verdict.NOT_CHECKABLE)
        if hidden_lines(code):
            self.secret = True
        if step.key in self.plan.in_kernel:
            return self._read(await self._run_trainee("test", code), step, code)
        return await self._check(step, code)

    async def _check(self, step: Step, code: str) -> Outcome:
        reply = await self._run_checker("test", code, self.plan.names.get(step.key, frozenset()))
        if reply.broken:
            death = await self._trainee.died(Verdict.TIMEOUT if reply.broken == TOO_SLOW else Verdict.CRASHED)
            await self._close("trainee")
            raise death
        return self._read(reply, step, code)

    async def _require_room(self) -> None:
        """End a process that has kept all its memory: what comes next would pay for what this step did.

        One request too large is refused and leaves everything as it was; a list that grew to the limit stays. Raises
        ChildDied.
        """
        if not (await self._run_trainee("test", ROOM)).ok:
            await self._close("trainee")
            raise ChildDied(Verdict.MEMORY)
        if not (await self._run_checker("test", ROOM)).ok:
            await self._close("trainee", "checker")
            raise ChildDied(Verdict.MEMORY)

    async def _run_trainee(self, operation: str, code: str) -> Reply:
        try:
            return await self._trainee.run(operation, code, seconds=self._seconds())
        except ChildDied:
            await self._close("trainee")
            raise

    async def _run_checker(self, operation: str, code: str, names: Collection[str] = ()) -> Reply:
        assert self.checker is not None
        try:
            return await self.checker.run(operation, code, seconds=self._seconds(), names=names)
        except ChildDied:
            await self._close("trainee", "checker")
            raise

    async def _run_cell(self, step: Step, position: int) -> Reply | None:
        """Run a cell in the trainee's process and, where it is the release's own, in the checker's too."""
        assert self.checker is not None
        reply = None
        if step.code.strip() and position >= self._opened(self._trainee):
            reply = await self._run_trainee("cell", step.code)
        code = self.plan.cells.get(step.key, "")
        if code.strip() and position >= self._opened(self.checker):
            await self._run_checker("cell", code, self.plan.names[step.key])
        return reply

    @property
    def _trainee(self) -> Child:
        assert self.trainee is not None
        return self.trainee

    def _seconds(self) -> float:
        return max(min(cell_seconds(self.job.limits), self.left()), 0.1)

    def _read(self, reply: Reply, step: Step, code: str) -> Outcome:
        is_test = step.role == "tests"
        if reply.ok:
            return Outcome(Verdict.PASSED, value=reply.value if is_test else None)
        verdict = RAISED_VERDICTS.get(reply.type)
        if verdict is not None:
            return Outcome(verdict, explanations.DEATHS[verdict])
        if not is_test:
            return Outcome(Verdict.ERROR, explanations.explain_error(reply, code, secret=self.secret))
        if reply.type == "Uncrossable":
            message = explanations.explain_uncrossable(reply, self.plan.classes, secret=self.secret)
            return Outcome(Verdict.FAILED, message, kind=reply.name or "?")
        failed = reply.type in ("AssertionError", "NotImplementedError")
        message = explanations.explain_failure(reply, code, secret=self.secret)
        return Outcome(Verdict.FAILED if failed else Verdict.ERROR, message)


def answers_before(steps: Sequence[Step], question: str) -> list[Step]:
    """Return the answer cells between the test before this question's and its own."""
    answers: list[Step] = []
    for step in steps:
        if step.role == "tests":
            if step.key == f"grade:{question}":
                break
            answers = []
        elif step.role == "answer":
            answers.append(step)
    return answers
