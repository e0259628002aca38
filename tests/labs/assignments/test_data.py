"""Labs rest on data that may be used: publishing asks for a passport and a grant, withdrawal and the clock freeze."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labs.assignments.actions import ReleaseRefused, change_assignment, publish_release
from labs.assignments.freezing import data_folder, frozen_reason
from labs.assignments.models import LabRelease, LabReleaseData
from labs.assignments.rules import ruling
from labs.datasets.actions import grant_access, withdraw_version
from labs.datasets.models import DatasetVersion, MountLog
from labs.datasets.mounts import prepare_mounts
from labs.grading.models import GradingRun
from labs.grading.work import grade_run
from portal.notifications.models import Notice
from portal.notifications.registry import sentence
from portal.queue.models import WorkStatus
from tests.classroom import SOURCE, Classroom, SteadyGrader, pass_check
from tests.graders import encode
from tests.labs.datasets.conftest import var
from tests.labs.datasets.desk import Desk, make_desk, tomorrow

__all__ = ["var"]


@pytest.fixture
def desk(classroom: Classroom, var: Path) -> Desk:
    """Return a data desk beside the classroom."""
    return make_desk(classroom.world)


def grant(desk: Desk, version: DatasetVersion, classroom: Classroom) -> None:
    """Let the instructor use the version to write labs."""
    grant_access(
        version=version, user=classroom.instructor, purpose="编写实训", start_date=timezone.localdate(),
        by=desk.steward, at=timezone.now(),
    )  # fmt: skip


def publish(classroom: Classroom, version: DatasetVersion) -> LabRelease:
    """Return a release of the lab that reads the version, put before the run."""
    release = publish_release(
        lab=classroom.lab, source=encode(SOURCE), files={}, versions=[version], grader=SteadyGrader(),
        by=classroom.instructor, at=timezone.now(),
    )  # fmt: skip
    pass_check(release)
    assignment = classroom.assignment
    change_assignment(
        assignment=assignment, release=release, opens_at=assignment.opens_at, due_at=tomorrow_instant(), max_attempts=3,
        by=classroom.instructor, at=timezone.now(),
    )  # fmt: skip
    return release


def tomorrow_instant() -> object:
    """Return a deadline in the future."""
    return timezone.now() + timedelta(days=9)


def test_a_release_needs_a_report_and_a_grant(desk: Desk, classroom: Classroom) -> None:
    version = desk.release(desk.draft())
    landed = DatasetVersion.objects.create(
        dataset=desk.dataset, number=9, importer="x", source_sha256="0" * 64, sha256="1" * 64, files=[], columns=[],
        rows=0, released_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(ReleaseRefused, match="grant"):
        publish(classroom, version)
    with pytest.raises(ReleaseRefused, match="No approved risk report"):
        publish(classroom, landed)
    grant(desk, version, classroom)
    release = publish(classroom, version)

    row = LabReleaseData.objects.get(release=release)
    assert row.risk_report is not None and row.risk_report.approved_by == desk.officer
    assert frozen_reason(release, on=tomorrow()) is None


def test_the_database_refuses_a_report_on_another_version(desk: Desk, classroom: Classroom) -> None:
    version, other = desk.release(desk.draft()), make_desk(classroom.world, "others")
    theirs = other.release(other.draft())
    report = theirs.passports.get().report

    with pytest.raises(IntegrityError), transaction.atomic():
        LabReleaseData.objects.create(release=classroom.release, version=version, risk_report=report)


def test_a_withdrawal_freezes_the_lab_and_tells_its_owner(desk: Desk, classroom: Classroom, var: Path) -> None:
    version = desk.release(desk.draft())
    grant(desk, version, classroom)
    release = publish(classroom, version)
    classroom.assignment.refresh_from_db()
    mounted = prepare_mounts(classroom.trainee, at=timezone.now())
    before = ruling(classroom.assignment, classroom.trainee, at=timezone.now())
    withdraw_version(version=version, reason="发现错误", by=desk.officer, at=timezone.now())
    after = ruling(classroom.assignment, classroom.trainee, at=timezone.now())

    assert mounted == [version] and MountLog.objects.get(user=classroom.trainee, event="mounted").because.startswith(
        "assignment:"
    )
    assert (before.state, after.state) == ("open", "frozen")
    reason = frozen_reason(release, on=tomorrow())
    assert reason is not None and reason.code == "withdrawn" and "发现错误" in reason.message
    notice = Notice.objects.get(user=classroom.instructor, kind="assignments.data_withdrawn")
    assert "停车诱导" in sentence(notice.kind, notice.params)
    assert not list((var / "mounts/people" / classroom.trainee.hub_username).glob("*/*"))
    with pytest.raises(ReleaseRefused, match="withdrawn"):
        publish(classroom, version)


def test_the_clock_freezes_the_lab_when_the_report_ends(desk: Desk, classroom: Classroom) -> None:
    version = desk.release(desk.draft(), days=3)
    grant(desk, version, classroom)
    release = publish(classroom, version)

    assert frozen_reason(release, on=tomorrow(3)) is None
    reason = frozen_reason(release, on=tomorrow(4))
    assert reason is not None and reason.code == "expired"


def test_a_frozen_lab_is_not_graded_to_zero(desk: Desk, classroom: Classroom) -> None:
    version = desk.release(desk.draft())
    grant(desk, version, classroom)
    release = publish(classroom, version)
    classroom.assignment.refresh_from_db()
    classroom.submit(assignment=classroom.assignment, at=timezone.now())
    withdraw_version(version=version, reason="发现错误", by=desk.officer, at=timezone.now())
    run = GradingRun.objects.get()
    GradingRun.objects.filter(pk=run.pk).update(status=WorkStatus.RUNNING, lease_token="t")
    run.refresh_from_db()
    grade_run(run, grader=None, at=timezone.now())  # type: ignore[arg-type]  # a frozen lab asks no grader

    run.refresh_from_db()
    assert run.status == WorkStatus.NEEDS_PERSON and "发现错误" in run.error
    assert not list(data_folder(release, at=timezone.now()).glob("*/*"))
