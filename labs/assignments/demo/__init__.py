"""The demo province's lab 停车诱导 on real car-park data, released and assigned as an instructor would."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from courses.catalog.models import CourseRun
from labs.assignments.actions import assign_lab, create_lab, publish_release
from labs.assignments.grader import Grader
from labs.assignments.models import Lab, LabAssignment
from labs.datasets.models import DatasetVersion
from portal.users.models import User

CODE = "parking-guidance"
LAB_UUID = uuid.uuid5(uuid.NAMESPACE_URL, f"chengxue:lab:{CODE}")
"""Known beforehand, because the lesson that leads to the lab is made before the lab."""
OPEN_DAYS = 60
SOURCE = Path(__file__).parent / "parking_guidance" / "parking_guidance.ipynb"


@dataclass(frozen=True)
class DemoLab:
    """What was seeded."""

    lab: Lab
    assignment: LabAssignment


def seed(*, run: CourseRun, author: User, grader: Grader, at: datetime) -> DemoLab:
    """This will make, release and assign the lab; what is there already is left as it is."""
    lab = Lab.objects.filter(code=CODE).first() or create_lab(
        identity=LAB_UUID,
        code=CODE,
        title="停车诱导：泊位供需分析",
        title_en="Parking guidance: supply and demand of spaces",
        summary="用真实的城市停车场占用数据，完成读取、清洗、按小时统计占用率，找出应当引导驾驶人前往的停车场。",
        summary_en=(
            "Load and clean real car-park occupancy data, compute occupancy by hour, and find the car parks "
            "to which drivers should be guided."
        ),
        course=run.course,
        program=run.course.program,
        by=author,
        at=at,
    )
    assignment = LabAssignment.objects.filter(lab=lab, run=run).first()
    if assignment is None:
        release = lab.releases.order_by("-number").first() or publish_release(
            lab=lab,
            source=SOURCE.read_bytes(),
            files={},
            versions=DatasetVersion.objects.filter(dataset__code="birmingham-parking").select_related("dataset"),
            grader=grader,
            by=author,
            at=at,
        )
        assignment = assign_lab(
            lab=lab, run=run, release=release, opens_at=at - timedelta(days=1), due_at=at + timedelta(days=OPEN_DAYS),
            max_attempts=5, pass_percent=60, is_required=True, by=author, at=at,
        )  # fmt: skip
    return DemoLab(lab, assignment)
