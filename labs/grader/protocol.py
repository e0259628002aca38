"""What the grader and those who ask it agree on. Standard library only, since both sides of the socket import it.

A request is one line of JSON, `{"op": …}`. Lines come back: heartbeats while the work goes on, then a result or an error.
How the engine does each operation stands in one table, `labs/grader/engine/requests.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """What the grader can be asked for."""

    PING = "ping"
    DOCTOR = "doctor"
    RELEASE = "release"
    GRADE = "grade"
    INSPECT = "inspect"
    CHECK = "check"
    REPLAY = "replay"


class Event(StrEnum):
    """What a line of an answer is."""

    HEARTBEAT = "heartbeat"
    RESULT = "result"
    ERROR = "error"


class Verdict(StrEnum):
    """How a question ended. Public: results, records and command lines hold these words, and so does the database."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASHED = "crashed"
    MANUAL = "manual"
    NOT_CHECKABLE = "not_checkable"


class QuestionKind(StrEnum):
    """Who decides about a question: its tests, or a person."""

    TESTS = "tests"
    MANUAL = "manual"


class Severity(StrEnum):
    """An error forbids a release, a warning asks its author for a second look."""

    ERROR = "error"
    WARNING = "warning"


class RefusalCode(StrEnum):
    """Why nothing was done; the sentence beside it is for people."""

    BAD_REQUEST = "bad_request"
    BAD_FILE_NAME = "bad_file_name"
    BAD_SUBMISSION = "bad_submission"
    BAD_SOURCE = "bad_source"
    TOO_LARGE = "too_large"
    UNKNOWN_OPERATION = "unknown_op"
    UNREADABLE = "unreadable"
    SANDBOX_UNAVAILABLE = "sandbox_unavailable"
    INTERNAL = "internal"
    COMMAND = "command"


@dataclass(frozen=True)
class Limits:
    """CPU and wall seconds of a whole submission, and the memory of its processes together."""

    cpu_s: float = 60
    wall_s: float = 120
    memory_mb: int = 2048


@dataclass(frozen=True)
class NotebookProblem:
    """What is wrong with a source notebook, in both languages; `cell` counts from 1, None is the notebook as a whole."""

    cell: int | None
    message: str
    message_en: str
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether it forbids a release."""
        return self.severity == Severity.ERROR


@dataclass(frozen=True)
class Outline:
    """A graded question of a source notebook as people will see it named; `max_score` in points."""

    id: str
    kind: QuestionKind
    max_score: float
    title: str

    @property
    def hundredths(self) -> int:
        """The points as the record counts them."""
        return round(self.max_score * 100)


@dataclass
class Inspection:
    """The questions of a source notebook, what is wrong with it, and how its data differs from trainee to trainee."""

    questions: list[Outline] = field(default_factory=list)
    problems: list[NotebookProblem] = field(default_factory=list)
    variant: dict[str, Any] | None = None

    @property
    def is_sound(self) -> bool:
        """Whether a release may be made of it."""
        return not any(problem.is_error for problem in self.problems)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Inspection:
        """Read what the grader wrote with `dataclasses.asdict`."""
        return cls(
            [
                Outline(
                    each["id"], QuestionKind(each["kind"]), float(each["max_score"]), each.get("title") or each["id"]
                )
                for each in document["questions"]
            ],
            [
                NotebookProblem(
                    each.get("cell"),
                    each["message"],
                    each.get("message_en") or each["message"],
                    Severity(each.get("severity", Severity.ERROR)),
                )
                for each in document["problems"]
            ],
            document.get("variant"),
        )
