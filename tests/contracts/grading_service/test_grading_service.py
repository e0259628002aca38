"""The worker and the real grader agree on the protocol: a submission goes in, a grade comes out."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from labs.assignments.actions import publish_release
from labs.grader.client import GraderCommand, GraderSilent, GraderSocket
from labs.grader.engine.digests import grader_digest
from labs.grading.actions import receive_check
from labs.grading.models import Grade, GradingRun
from labs.grading.queries import results_of
from labs.grading.work import grade_run
from portal.queue.actions import take
from tests.classroom import NOW, SOURCE, Classroom, solved
from tests.graders import GraderProcess, encode

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def grader(lab_environment: Path, tmp_path: Path) -> Any:
    process = GraderProcess(lab_environment, tmp_path / "grader.sock")
    process.start()
    yield process
    process.stop()


def work(socket: GraderSocket) -> GradingRun:
    now = timezone.now()
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=now, lease=timedelta(seconds=30))
    assert run is not None
    grade_run(run, grader=socket, at=now)
    return GradingRun.objects.get(pk=run.pk)


def test_release_submit_grade_and_replay(classroom: Classroom, grader: GraderProcess) -> None:
    socket = GraderSocket(str(grader.socket_path))
    release = publish_release(
        lab=classroom.lab, source=encode(SOURCE), files={}, versions=[], grader=socket, by=classroom.instructor, at=NOW
    )
    classroom.assignment.release = release
    classroom.assignment.save()
    good, bad = classroom.submit(), classroom.submit(content=solved("total = 4"))
    check = receive_check(assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW)

    runs = [work(socket) for _ in range(3)]

    assert [run.status for run in runs] == ["done"] * 3
    assert runs[0].grader_digest == grader_digest() and runs[0].environment_digest == release.environment_digest
    assert Grade.objects.get(submission=good).score == 600
    assert Grade.objects.get(submission=bad).score == 0
    assert [each.verdict for each in results_of(bad)] == ["failed", "manual"]
    assert results_of(check)[0].verdict == "passed"
    assert not Grade.objects.filter(submission=check).exists()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that the sandbox's own user can reach; pytest's are private."""
    with tempfile.TemporaryDirectory(prefix="datasets-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_command_and_service_agree(lab_environment: Path, grader: GraderProcess, open_folder: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    socket = GraderSocket(str(grader.socket_path))
    command = GraderCommand(lab_environment / "bin" / "python", root=root, datasets=open_folder)
    source = encode(SOURCE)

    assert command.environment_digest() == socket.environment_digest()
    assert command.inspect(source, {"a/b.txt": b"x"}) == socket.inspect(source, {"a/b.txt": b"x"})
    assert command.release(source) == socket.release(source)


def test_a_grader_killed_during_grading_is_asked_again_and_the_grade_comes_once(
    classroom: Classroom, grader: GraderProcess
) -> None:
    socket = GraderSocket(str(grader.socket_path))
    submission = classroom.submit(content=solved("import time\ntime.sleep(4)\ntotal = 3"))
    now = timezone.now()
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=now, lease=timedelta(seconds=30))
    assert run is not None and grader.process is not None
    process = grader.process

    threading.Timer(1.5, lambda: process.send_signal(signal.SIGKILL)).start()
    with pytest.raises(GraderSilent):
        grade_run(run, grader=socket, at=now)
    process.wait(10)
    grader.start()
    GradingRun.objects.update(lease_until=NOW)
    assert work(socket).status == "done"

    assert Grade.objects.filter(submission=submission).count() == 1
    assert Grade.objects.get(submission=submission).score == 600
