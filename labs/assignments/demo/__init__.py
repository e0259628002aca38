"""The demo province's labs on real city data, released and assigned as an instructor would."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from courses.catalog.models import CourseRun
from labs.assignments.actions import add_wrong_answer, assign_lab, create_lab, publish_release, request_report
from labs.assignments.models import Lab, LabAssignment, LabRelease
from labs.assignments.work import check_release
from labs.datasets.models import DatasetVersion
from labs.grader.client import Grader
from portal.queue.actions import take
from portal.users.models import User

from .outline import LABS, PARKING, DemoLabOutline

__all__ = ["LABS", "PARKING", "DemoLab", "DemoLabOutline", "seed"]

OPEN_DAYS = 60
QUICK_S = 1.0
"""Enough for solution, blank and wrong answers, which are always tried; the samples follow in the background."""
LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class DemoLab:
    """What was seeded."""

    lab: Lab
    assignment: LabAssignment


def seed(*, outline: DemoLabOutline, author: User, grader: Grader, at: datetime) -> DemoLab:
    """Make, release and assign the lab; what is there already is left as it is."""
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
        _check(release, grader, author)
        assignment = assign_lab(
            lab=lab, run=run, release=release, opens_at=at - timedelta(days=1), due_at=at + timedelta(days=OPEN_DAYS),
            max_attempts=5, pass_percent=60, is_required=outline.is_required, by=author, at=at,
        )  # fmt: skip
    return DemoLab(lab, assignment)


def _check(release: LabRelease, grader: Grader, author: User) -> None:
    """Check the release as every other before it is assigned: at once without the samples of attacks and damages, so
    that an installation is not kept waiting, and then once more with them, by the worker."""
    if release.reports.filter(passed__isnull=False).exists():
        return
    request_report(release=release, by=author, at=timezone.now())
    row = take(release.reports.order_by("pk"), worker="seed", at=timezone.now(), lease=LEASE)
    if row is not None:
        check_release(row, grader=grader, at=timezone.now(), seconds=QUICK_S)
        request_report(release=release, by=author, at=timezone.now())
        return
    # The worker of a running installation was quicker.
    end = time.monotonic() + LEASE.total_seconds()
    while time.monotonic() < end and not release.reports.filter(passed__isnull=False).exists():
        time.sleep(1)
