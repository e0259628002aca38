"""What a fault leaves behind: accepted is durable, nothing is lost, nothing is graded twice, never a silent zero."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection, connections
from django.utils import timezone

from labs.assignments.storing import read_stored
from labs.grader.client import GraderSocket
from labs.grading.models import Grade, GradingRun, Submission
from labs.grading.queries import standing
from labs.grading.refusals import SubmissionRefused
from labs.grading.work import grade_run
from portal.queue.actions import take
from portal.queue.worker import free_what_dead_workers_hold
from tests.classroom import NOW, Classroom, result, solved
from tests.fake_grader import Answer, FakeGrader

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Make = Callable[[Answer], FakeGrader]
ROOT = Path(__file__).resolve().parents[3]

DYING_WORKER = """
import os, sys
import django
django.setup()
from datetime import timedelta
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connections
connections.databases["default"]["NAME"] = sys.argv[1]
from django.utils import timezone
from labs.grading.models import GradingRun
from portal.queue.actions import take
from portal.queue.worker import worker_name
run = take(GradingRun.objects.order_by("pk"), worker=worker_name(), at=timezone.now(), lease=timedelta(seconds=30))
print(run.pk, flush=True)
os.kill(os.getpid(), 9)
"""


def stored_files() -> list[Path]:
    return [path for path in Path(storages["submissions"].path("")).rglob("*") if path.is_file()]


@pytest.fixture
def small_files() -> Iterator[Callable[[int], None]]:
    """Set the largest file that this process may write; a larger write fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, before)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the child opens the test's database file")
def test_a_worker_killed_during_grading_returns_its_run_and_it_is_graded_once(
    classroom: Classroom, make_grader: Make
) -> None:
    submission = classroom.submit()
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    name = str(connections["default"].settings_dict["NAME"])
    died = subprocess.run(
        [sys.executable, "-c", DYING_WORKER, name], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    run = GradingRun.objects.get(submission=submission)
    held = (died.returncode, run.status)

    free_what_dead_workers_hold(timezone.now())
    again = take(GradingRun.objects.order_by("pk"), worker="w:1", at=timezone.now(), lease=timedelta(seconds=30))
    assert again is not None
    grader = make_grader(lambda _: [{"event": "result", "result": result()}])
    grade_run(again, grader=GraderSocket(str(grader.path)), at=timezone.now())

    assert held == (-signal.SIGKILL, "running"), died.stderr
    assert again.attempts == 2
    assert Grade.objects.filter(submission=submission).count() == 1
    assert standing(submission).score == 600


def test_two_workers_with_one_lapsed_lease_grade_once(classroom: Classroom, make_grader: Make) -> None:
    submission = classroom.submit()
    lapsed = take(GradingRun.objects.order_by("pk"), worker="a:1", at=NOW, lease=timedelta(seconds=30))
    later = NOW + timedelta(seconds=31)
    holder = take(GradingRun.objects.order_by("pk"), worker="b:1", at=later, lease=timedelta(seconds=30))
    grader = GraderSocket(str(make_grader(lambda _: [{"event": "result", "result": result()}]).path))
    assert lapsed is not None and holder is not None

    grade_run(lapsed, grader=grader, at=later)
    grade_run(holder, grader=grader, at=later)

    assert Grade.objects.filter(submission=submission).count() == 1
    assert GradingRun.objects.get().worker == "b:1"


def test_a_full_disk_refuses_clearly_and_leaves_the_earlier_submission(
    classroom: Classroom, small_files: Callable[[int], None]
) -> None:
    earlier = classroom.submit()
    content = solved(reflection="很" * 100_000)

    small_files(64 * 1024)
    with pytest.raises(SubmissionRefused) as refused:
        classroom.submit(content=content)
    small_files(resource.RLIM_INFINITY)

    assert refused.value.status == 507
    assert "未提交" in refused.value.message and "not submitted" in refused.value.message_en
    assert list(Submission.objects.all()) == [earlier]
    assert [path.read_bytes() for path in stored_files()] == [solved()]
    assert classroom.submit(content=content).attempt == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount")
def test_a_disk_that_is_really_full(classroom: Classroom) -> None:
    folder = Path(storages["submissions"].path(""))
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(mounted.stderr)
    try:
        earlier = classroom.submit()
        with pytest.raises(SubmissionRefused) as refused:
            classroom.submit(content=solved(reflection="x" * 900_000))
        left = stored_files()
        kept = read_stored("submissions", earlier.path)
    finally:
        subprocess.run(["umount", str(folder)], check=True)

    assert refused.value.status == 507
    assert len(left) == 1 and kept == solved()
    assert Submission.objects.count() == 1


def test_what_was_acknowledged_is_on_the_disk(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr("portal.durable.os.fsync", fsync)

    submission = classroom.submit()

    path = Path(storages["submissions"].path(submission.path))
    assert any(f"/.{path.name}." in name for name in synced)
    assert str(path.parent) in synced
    assert synced.index(str(path.parent)) > 0
