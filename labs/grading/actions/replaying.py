"""Grading a submission once more to see that the same digests give the same result. No grade follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from labs.grading.keys import run_key
from labs.grading.models import Cause, Grade, GradingRun, QuestionResult, Submission
from portal.audit.actions import record
from portal.queue.models import WorkStatus
from portal.users.models import User

DIGESTS = ("environment_digest", "dataset_digest", "grader_digest")


class NothingToReplay(Exception):
    """The submission has no finished grading."""


@dataclass(frozen=True)
class Comparison:
    """What a replay found: digests and questions that differ from the grading that it repeats."""

    original: GradingRun
    replay: GradingRun
    digests: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether the results agree."""
        return not self.questions

    @property
    def is_proof(self) -> bool:
        """Whether the same digests gave the same result."""
        return self.is_same and not self.digests


@transaction.atomic
def request_replay(*, submission: Submission, by: User | None, at: datetime) -> tuple[GradingRun, GradingRun]:
    """Queue a replay of the grading that counts; returns it and the run. Raises NothingToReplay."""
    grade = Grade.objects.current().filter(submission=submission).select_related("run").first()
    done = submission.runs.filter(status=WorkStatus.DONE).exclude(cause=Cause.REPLAY).order_by("-pk").first()
    original = grade.run if grade else done
    if original is None:
        raise NothingToReplay
    run = GradingRun.objects.create(
        submission=submission, release=original.release, cause=Cause.REPLAY,
        key=run_key(submission, original.release, original.dataset_digest, Cause.REPLAY, at.isoformat()),
        environment_digest=original.release.environment_digest, dataset_digest=original.dataset_digest,
        created_at=at, not_before=at, requested_by=by,
    )  # fmt: skip
    details = {"run": str(run.uuid), "of": str(original.uuid)}
    record(by=by, at=at, event="grading.replay_requested", target=submission, details=details)
    return original, run


def compare(original: GradingRun, replay: GradingRun) -> Comparison:
    """Return the finished replay beside the grading that it repeats."""
    original.refresh_from_db()
    replay.refresh_from_db()
    digests = [name for name in DIGESTS if getattr(original, name) != getattr(replay, name)]
    before, after = _results(original), _results(replay)
    questions = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return Comparison(original, replay, digests, questions)


def _results(run: GradingRun) -> dict[str, tuple[str, int, str]]:
    rows = QuestionResult.objects.filter(run=run).values_list("question__grade_id", "verdict", "score", "message")
    return {grade_id: (verdict, score, message) for grade_id, verdict, score, message in rows}
