"""A run with a lab: the notebook, a grader that never fails, an instructor who teaches it and a trainee with a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from courses.catalog.models import Course, CourseRun
from courses.learning.actions import enroll
from courses.learning.models import Enrollment
from courses.partners.models import Partner, PartnerProgram
from labs.assignments.actions import assign_lab, create_lab, publish_release
from labs.assignments.models import Lab, LabAssignment, LabRelease
from labs.grader.client import Checking
from labs.grader.protocol import Inspection, Outline, QuestionKind
from labs.grading.actions import receive_submission
from labs.grading.models import Submission
from portal.users.models import User
from tests.graders import answer_cell, encode, graded_cell, make_cell, make_notebook, with_answers
from tests.people import AT, START, Province

OPENS = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 4, 1, tzinfo=UTC)

SOURCE = make_notebook(
    make_cell("markdown", "t1", "## 第 1 题 求和"),
    answer_cell("a1", "### BEGIN SOLUTION\ntotal = 1 + 2\n### END SOLUTION"),
    graded_cell("q1", "assert total == 3", 6),
    make_cell("markdown", "q2", "", grade=True, solution=True, points=4),
)
"""One question with tests (6 points) and one that a person marks (4 points)."""


def open_now(assignment: LabAssignment) -> None:
    """Let submissions in as of now, as many as anybody sends."""
    now = timezone.now()
    assignment.opens_at, assignment.due_at = now - timedelta(days=1), now + timedelta(days=1)
    assignment.max_attempts = None
    assignment.save()


def solved(answer: str = "total = 3", reflection: str = "应当引导到空位多的停车场。") -> bytes:
    """Return a trainee's notebook."""
    return encode(with_answers(SOURCE, a1=answer, q2=reflection))


class SteadyGrader:
    """Inspects and releases without running anything."""

    def __init__(self, inspection: Inspection | None = None) -> None:
        questions = [
            Outline("q1", QuestionKind.TESTS, 6.0, "第 1 题 求和"),
            Outline("q2", QuestionKind.MANUAL, 4.0, "第 2 题 思考"),
        ]
        self.inspection = inspection or Inspection(questions, [])

    def environment_digest(self) -> str:
        return "e" * 64

    def inspect(self, source: bytes, files: Mapping[str, bytes], datasets: Path | None = None) -> Inspection:
        return self.inspection

    def check(self, checking: Checking) -> dict[str, Any]:
        return {"ok": True, "complete": True, "seconds": 0.1, "problems": [], "sections": []}

    def release(self, source: bytes) -> bytes:
        return encode(with_answers(SOURCE, a1="# 在这里作答"))


def result(*, score: float = 6, verdict: str = "passed", manual: str = "manual", **more: Any) -> dict[str, Any]:
    """Return what a grader answers for the source."""
    questions = [
        {"id": "q1", "kind": "tests", "verdict": verdict, "score": score, "max_score": 6.0, "message": "通过"},
        {"id": "q2", "kind": "manual", "verdict": manual, "score": 0.0, "max_score": 4.0, "message": ""},
    ]
    digests = {"environment": "e" * 64, "grader": "a" * 64}
    cost = {"cpu_s": 0.2, "wall_s": 0.3, "peak_mb": 90}
    return {
        "score": score,
        "max_score": 10.0,
        "questions": questions,
        "flags": [],
        "digests": digests,
        "cost": cost,
        **more,
    }


@dataclass
class Classroom:
    """What the tests of labs stand on."""

    world: Province
    program: PartnerProgram
    course: Course
    run: CourseRun
    lab: Lab
    release: LabRelease
    assignment: LabAssignment
    instructor: User
    trainee: User
    place: Enrollment

    def submit(self, **changes: Any) -> Submission:
        """Submit as the trainee."""
        given = {"assignment": self.assignment, "user": self.trainee, "content": solved(), "at": NOW, **changes}
        return receive_submission(**given)


def make_run(course: Course, code: str) -> CourseRun:
    """Return a run that teaches for the year."""
    window = {
        "enroll_opens_at": OPENS,
        "enroll_closes_at": DUE,
        "starts_at": OPENS,
        "ends_at": DUE + timedelta(days=90),
    }
    return CourseRun.objects.create(course=course, code=code, name=f"{code} 班", **window)


def pass_check(release: LabRelease, *, ok: bool = True, **more: Any) -> None:
    """End the release's check."""
    report = {"ok": ok, "complete": True, "seconds": 12.5, "problems": [], "sections": [], **more}
    release.reports.update(status="done", passed=ok, report=report, finished_at=AT)


@pytest.fixture
def classroom(world: Province, instructor: User, technician: User, tmp_path: Path, settings: Any) -> Classroom:
    """One lab before one run; files go to the test's own folder."""
    storages = dict(settings.STORAGES)
    for alias in ("submissions", "releases"):
        options = {**storages[alias]["OPTIONS"], "location": tmp_path / alias}
        storages[alias] = {**storages[alias], "OPTIONS": options}
    settings.STORAGES = storages
    partner = Partner.objects.create(code="chd", organization=world.university, name="长安大学")
    program = PartnerProgram.objects.create(
        code="chd-2026",
        partner=partner,
        name="合作项目",
        start_date=START,
        signatory_name="校长",
        signatory_title="校长",
    )
    world.grant(instructor, "instructor", "program", program.uuid)
    world.grant(instructor, "lab_author", "program", program.uuid)
    course = Course.objects.create(code="cdp", title="城市数据分析实训", program=program, hours=800, created_at=AT)
    run = make_run(course, "cdp-2026")
    lab = create_lab(
        code="parking", title="停车诱导", title_en="Parking", course=course, program=program, by=instructor, at=AT
    )
    release = publish_release(
        lab=lab,
        source=encode(SOURCE),
        files={"note.txt": b"hello"},
        versions=[],
        grader=SteadyGrader(),
        by=instructor,
        at=AT,
    )
    pass_check(release)
    assignment = assign_lab(
        lab=lab, run=run, release=release, opens_at=OPENS, due_at=DUE, max_attempts=3, pass_percent=60,
        is_required=True, by=instructor, at=AT,
    )  # fmt: skip
    place = enroll(user=technician, run=run, by=technician, at=NOW - timedelta(days=1))
    return Classroom(world, program, course, run, lab, release, assignment, instructor, technician, place)
