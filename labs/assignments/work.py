"""What the worker does with a report that waits: have the grader check the release, and keep what it found."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone

from courses.certification.models import Certification
from labs.grader.client import Checking, GraderAway, GraderRefused, GraderSocket
from labs.grader.protocol import Severity
from portal.queue.actions import held, put_back

from .actions import record_report
from .freezing import data_folder, frozen_reason
from .models import LabReport
from .reports import wrong_answers_of
from .storing import read_stored

log = logging.getLogger(__name__)

AWAY_RETRY = timedelta(seconds=5)
MOST_SECONDS = 600
BEGINS = {"inspection": 0, "solution": 6, "blank": 12, "wrong": 14, "variants": 18, "attacks": 22, "damages": 75}
"""Percent done when a stage begins; attacks and damages are most of the work."""


class Checker(Protocol):
    """What a check needs of the grader."""

    def check(self, checking: Checking) -> dict[str, object]:
        """Return the engine's report on a source notebook."""


def work_on_report(row: LabReport) -> None:
    """Check a release with this installation's grader."""
    check_release(row, grader=GraderSocket.from_settings(), at=timezone.now())


def check_release(row: LabReport, *, grader: Checker, at: datetime, seconds: float = MOST_SECONDS) -> None:
    """Check the release of a row whose lease the caller holds; a grader that is away costs no attempt.

    When the seconds are used up no further sample is begun; the report says which were left out.
    """
    release, lab = row.release, row.release.lab
    frozen = frozen_reason(release, on=timezone.localdate(at))
    if frozen is not None:
        record_report(row=row, report=_refusal("inspection", frozen.message, frozen.message_en), at=timezone.now())
        return
    checking = Checking(
        source=read_stored("releases", release.source_path),
        files={file["name"]: read_stored("releases", file["path"]) for file in release.files},
        wrong={answer.name: read_stored("releases", answer.path) for answer in wrong_answers_of(lab)},
        datasets=data_folder(release, at=at),
        is_certification=Certification.objects.filter(course=lab.course_id).exists(),
        seconds=seconds,
        listen=lambda stage, done, total: _show(row, stage, done, total),
    )
    try:
        report = grader.check(checking)
    except GraderAway as problem:
        log.warning("grader away: %s", problem)
        put_back(row, at=timezone.now(), delay=AWAY_RETRY, error=f"grader away: {problem}", counts=False)
        return
    except GraderRefused as refusal:
        report = _refusal("inspection", refusal.message, str(refusal))
    record_report(row=row, report=report, at=timezone.now())


def _show(row: LabReport, stage: str, done: int, total: int) -> None:
    """Let the author see where the check stands."""
    begin = BEGINS.get(stage, 0)
    later = [percent for percent in BEGINS.values() if percent > begin]
    percent = begin + int((min(later, default=100) - begin) * done / max(total, 1))
    held(row).update(stage=stage[:20], percent=min(percent, 99))


def _refusal(section: str, message: str, message_en: str) -> dict[str, object]:
    """Return a report on a release that could not even be run."""
    problem = {
        "section": section,
        "severity": Severity.ERROR,
        "message": message,
        "message_en": message_en,
        "cell": None,
    }
    return {"ok": False, "complete": True, "problems": [problem], "sections": [{"name": section, "passed": False}]}
