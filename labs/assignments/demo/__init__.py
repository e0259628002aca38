"""The demo province's labs on real city data, released and assigned as an instructor would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.catalog.models import CourseRun
from labs.assignments.actions import add_wrong_answer, assign_lab, create_lab, publish_release
from labs.assignments.grader import Grader
from labs.assignments.models import Lab, LabAssignment
from labs.datasets.models import DatasetVersion
from portal.users.models import User

from .outline import LABS, PARKING, DemoLabOutline

__all__ = ["LABS", "PARKING", "DemoLab", "DemoLabOutline", "seed"]

OPEN_DAYS = 60


@dataclass(frozen=True)
class DemoLab:
    """What was seeded."""

    lab: Lab
    assignment: LabAssignment


def seed(*, outline: DemoLabOutline, author: User, grader: Grader, at: datetime) -> DemoLab:
    """This will make, release and assign the lab; what is there already is left as it is."""
    run = CourseRun.objects.select_related("course__program").get(code=outline.run)
    lab = Lab.objects.filter(code=outline.code).first() or create_lab(
        identity=outline.identity,
        code=outline.code,
        title=outline.title,
        title_en=outline.title_en,
        summary=outline.summary,
        summary_en=outline.summary_en,
        course=run.course,
        program=run.course.program,
        by=author,
        at=at,
    )
    if not lab.wrong_answers.exists():
        for name, content in outline.wrong_answers.items():
            add_wrong_answer(lab=lab, name=name, content=content, by=author, at=at)
    assignment = LabAssignment.objects.filter(lab=lab, run=run).first()
    if assignment is None:
        release = lab.releases.order_by("-number").first() or publish_release(
            lab=lab,
            source=outline.source,
            files=outline.contents,
            versions=DatasetVersion.objects.filter(dataset__code=outline.dataset).select_related("dataset"),
            grader=grader,
            by=author,
            at=at,
        )
        assignment = assign_lab(
            lab=lab, run=run, release=release, opens_at=at - timedelta(days=1), due_at=at + timedelta(days=OPEN_DAYS),
            max_attempts=5, pass_percent=60, is_required=outline.is_required, by=author, at=at,
        )  # fmt: skip
    return DemoLab(lab, assignment)
