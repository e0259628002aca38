"""One submission: run the merged notebook in a sandbox and turn what happened into verdicts."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache

from ..protocol import QuestionKind, Verdict
from . import explanations, running
from .autotests import with_autotests
from .children import plain_text
from .digests import digest, environment_digest, grader_digest
from .merging import Question, merge
from .notebooks import grade_id_of, points_of, read_source, read_submission
from .planning import Plan, plan_for
from .release import released_notebook
from .running import Job, Outcome, Run, answers_before
from .variants import files_with_variant
from .zygotes import Zygotes

MOST_FLAGS = 100
LONGEST_FLAG = 120


@dataclass(frozen=True)
class QuestionResult:
    """The verdict on one graded cell."""

    id: str
    kind: QuestionKind
    verdict: Verdict
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


async def grade(job: Job, zygotes: Zygotes) -> Result:
    """Grade one submission. Raises BadSource, BadSubmission, SandboxUnavailable."""
    return (await grade_closely(job, zygotes))[0]


async def grade_closely(job: Job, zygotes: Zygotes) -> tuple[Result, dict[str, Outcome]]:
    """Grade one submission and return what the author may know besides: how every test ended."""
    began, cpu_before = time.monotonic(), time.thread_time()
    origin = job
    job = await with_autotests(job, zygotes)
    source, submission = read_source(job.source), read_submission(job.submission)
    job = replace(job, files=files_with_variant(job.source, job.files, job.variant_seed, job.datasets))
    merged = merge(source, released_notebook(job.source), submission)
    plan = cached_plan(job.source)
    run = Run(job, merged, plan, zygotes)
    await run.complete()
    points = {grade_id_of(cell): points_of(cell) for cell in source["cells"] if grade_id_of(cell)}
    questions = [judge(run, question, points[question.id]) for question in merged.questions]
    used = sum(each.cpu_s for each in run.usages) + time.thread_time() - cpu_before
    peak = max((each.peak_mb for each in run.usages), default=0.0)
    result = Result(
        score=_round(sum(question.score for question in questions)),
        max_score=_round(sum(question.max_score for question in questions)),
        questions=questions,
        flags=[plain_text(flag, LONGEST_FLAG) for flag in merged.flags[:MOST_FLAGS]]
        + [f"in_kernel:{key.partition(':')[2]}" for key in sorted(plan.in_kernel)],
        digests={
            "submission": digest(origin.submission),
            "source": digest(origin.source),
            "environment": environment_digest(),
            "grader": grader_digest(),
        },
        cost={
            "cpu_s": round(used, 3),
            "wall_s": round(time.monotonic() - began, 3),
            "peak_mb": round(peak),
        },
    )
    return result, run.outcomes


@lru_cache(maxsize=16)
def cached_plan(source: bytes) -> Plan:
    """Return the plan of a source notebook; a class submits against the same one again and again."""
    return plan_for(read_source(source))


def judge(run: Run, question: Question, points: float) -> QuestionResult:
    """Turn the outcomes around one graded cell into its verdict."""
    if question.kind == QuestionKind.MANUAL:
        verdict, message = Verdict.MANUAL, explanations.MANUAL
        if question.unanswered:
            verdict, message = Verdict.FAILED, explanations.UNANSWERED
        return QuestionResult(question.id, question.kind, verdict, 0.0, points, message)
    outcome = run.outcomes.get(f"grade:{question.id}")
    if outcome is None:
        is_late = run.restarts <= running.MOST_RESTARTS
        outcome = Outcome(Verdict.CRASHED, explanations.UNREACHED)
        if is_late:
            outcome = Outcome(Verdict.TIMEOUT, explanations.NO_TIME_LEFT)
    if outcome.verdict == Verdict.PASSED:
        return _passed(question, outcome, points)
    if outcome.verdict == Verdict.NOT_CHECKABLE:
        message = explanations.NOT_CHECKABLE
        return QuestionResult(question.id, question.kind, outcome.verdict, 0.0, points, message)
    outcome = _cause(run, question, outcome)
    return QuestionResult(question.id, question.kind, outcome.verdict, 0.0, points, outcome.message)


def _cause(run: Run, question: Question, outcome: Outcome) -> Outcome:
    """Prefer what went wrong in the answer itself to the test's complaint about it."""
    answers = answers_before(run.steps, question.id)
    if answers and all(step.unanswered for step in answers):
        return Outcome(Verdict.FAILED, explanations.UNANSWERED)
    for step in answers:
        own = run.outcomes.get(step.key)
        if own is not None and own.verdict != Verdict.PASSED:
            return own
    return outcome


def _passed(question: Question, outcome: Outcome, points: float) -> QuestionResult:
    value = outcome.value
    if value is None or value >= points:
        return QuestionResult(question.id, question.kind, Verdict.PASSED, points, points, explanations.PASSED)
    if value > 0:
        return QuestionResult(question.id, question.kind, Verdict.PARTIAL, _round(value), points, explanations.PARTIAL)
    return QuestionResult(question.id, question.kind, Verdict.FAILED, 0.0, points, explanations.VISIBLE_FAILED)


def _round(value: float) -> float:
    return round(value + 1e-9, 2)
