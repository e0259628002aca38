"""Having a release checked, keeping what was found, and the wrong answers that every release must refuse."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from labs.assignments.models import Lab, LabRelease, LabReport, WrongAnswer
from labs.assignments.notebooks import NotebookRefused, check_notebook
from labs.assignments.permissions import require_author
from labs.assignments.storing import forget_stored, path_by_uuid, store_durably
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.queue.actions import finish
from portal.queue.models import WorkStatus
from portal.users.models import User

MOST_WRONG_ANSWERS = 20
RED, GREEN = "assignments.report_red", "assignments.report_green"


class WrongAnswerRefused(Exception):
    """The file cannot be kept as a wrong answer; `code`: too_many, no_notebook."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def request_report(*, release: LabRelease, by: User, at: datetime) -> LabReport:
    """Have the release checked; one check of a release waits or runs at a time. Raises PermissionDenied."""
    require_author(by, release.lab, timezone.localdate(at))
    Lab.objects.select_for_update().get(pk=release.lab_id)
    open_one = release.reports.filter(status__in=(WorkStatus.QUEUED, WorkStatus.RUNNING)).first()
    if open_one is not None:
        return open_one
    report = LabReport.objects.create(release=release, requested_by=by, created_at=at, not_before=at)
    record(by=by, at=at, event="assignments.report_requested", target=release, details={"report": str(report.uuid)})
    return report


@transaction.atomic
def record_report(*, row: LabReport, report: Mapping[str, Any], at: datetime) -> bool:
    """Keep what the check found; False when the lease was lost. Whoever asked for it is told how it went."""
    passed = bool(report["ok"])
    if not finish(row, at=at):
        return False
    LabReport.objects.filter(pk=row.pk).update(report=dict(report), passed=passed, stage="", percent=100)
    release = row.release
    details = {"report": str(row.uuid), "passed": passed}
    record(by=None, at=at, event="assignments.report_made", target=release, details=details)
    if row.requested_by is not None:
        url = reverse("assignments:report", args=[release.lab.code, release.number])
        params = {"lab": release.lab.title, "number": release.number}
        notify(user=row.requested_by, kind=GREEN if passed else RED, params=params, url=url, at=at)
    return True


@transaction.atomic
def _add_row(lab: Lab, name: str, path: str, content: bytes, by: User, at: datetime) -> WrongAnswer:
    Lab.objects.select_for_update().get(pk=lab.pk)
    kept = WrongAnswer.objects.filter(lab=lab, dropped_at__isnull=True)
    kept.filter(name=name).update(dropped_at=at)
    if kept.count() >= MOST_WRONG_ANSWERS:
        raise WrongAnswerRefused("too_many")
    sha256 = hashlib.sha256(content).hexdigest()
    answer = WrongAnswer.objects.create(lab=lab, name=name, path=path, sha256=sha256, added_at=at, added_by=by)
    record(by=by, at=at, event="assignments.wrong_answer_added", target=lab, details={"name": name, "sha256": sha256})
    return answer


def add_wrong_answer(*, lab: Lab, name: str, content: bytes, by: User, at: datetime) -> WrongAnswer:
    """Keep a wrong answer, in the place of one with the same name; later checks use it.

    Raises PermissionDenied, WrongAnswerRefused, StorageFull.
    """
    require_author(by, lab, timezone.localdate(at))
    try:
        check_notebook(content)
    except NotebookRefused as refusal:
        raise WrongAnswerRefused("no_notebook") from refusal
    path = path_by_uuid(uuid.uuid4(), "-wrong.ipynb")
    store_durably("releases", path, content)
    try:
        return _add_row(lab, name[:120], path, content, by, at)
    except BaseException:
        forget_stored("releases", path)
        raise


@transaction.atomic
def drop_wrong_answer(*, answer: WrongAnswer, by: User, at: datetime) -> None:
    """Let later checks do without the answer. Raises PermissionDenied."""
    require_author(by, answer.lab, timezone.localdate(at))
    if WrongAnswer.objects.filter(pk=answer.pk, dropped_at__isnull=True).update(dropped_at=at):
        record(by=by, at=at, event="assignments.wrong_answer_dropped", target=answer.lab, details={"name": answer.name})
