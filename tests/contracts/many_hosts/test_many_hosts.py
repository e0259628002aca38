"""Two worker hosts' worth of processes on a PostgreSQL: woken at once, work spread, the urgent lane first, none lost.

Away from PostgreSQL the only test here starts one and runs this file on it.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection, connections
from django.utils import timezone

from courses.learning.actions import enroll
from labs.grading.actions import receive_submission, start_regrade
from labs.grading.models import Cause, Grade, GradingRun
from portal.users.models import User
from tests.classroom import Classroom, solved
from tests.faults.killing import ROOT, Household, Kept
from tests.postgresql import running_postgresql
from tests.running import wait_for

IS_POSTGRESQL = connection.vendor == "postgresql"
HOSTS = ("host-a", "host-b")
PLACES = 2
LEASE_S = 3
TRAINEES = 8
EACH = 4
on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="runs on the PostgreSQL that this file starts")
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.skipif(IS_POSTGRESQL, reason="it is started already")
def test_on_a_postgresql_of_its_own(lab_environment: Path) -> None:
    with running_postgresql() as url, tempfile.TemporaryDirectory(prefix="hosts-") as scratch:
        # The grader's own user passes through to the data that it is given.
        Path(scratch).chmod(0o755)
        environ = {**os.environ, "DATABASE_URL": url, "CHENGXUE_TEST_DIR": scratch}
        environ["CHENGXUE_LAB_ENVIRONMENT"] = str(lab_environment)
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "--create-db", __file__]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def trainees(classroom: Classroom) -> list[User]:
    """People with a place, and a lab that is open now."""
    now = timezone.now()
    assignment = classroom.assignment
    assignment.opens_at, assignment.due_at = now - timedelta(days=1), now + timedelta(days=1)
    assignment.max_attempts = None
    assignment.save()
    people = [
        classroom.world.person(f"person.{number}", f"学员{number}", classroom.world.department_b)
        for number in range(TRAINEES)
    ]
    for person in people:
        enroll(user=person, run=classroom.run, by=person, at=classroom.place.enrolled_at)
    return people


def process(name: str, host: str, scratch: str, lab_environment: Path) -> Kept:
    """Return a grader or a worker of a host; all they share is the database and the files."""
    grader = f"{scratch}/{host}.sock"
    if name == "grader":
        command = [str(lab_environment / "bin" / "python"), "-B", "-m", "labs.grading.engine", "serve", "--socket"]
        return Kept(f"{host}-grader", [*command, grader], {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)})
    given = {
        "database": str(connections["default"].settings_dict["NAME"]),
        "storages": {alias: storages[alias].path("") for alias in ("submissions", "releases")},
        "hub": "",
        "grader": grader,
    }
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.child_settings",
        "CHENGXUE_FAULTS": json.dumps(given),
        "GRADING_LEASE_SECONDS": str(LEASE_S),
        "GRADER_PLACES": str(PLACES),
        "WORKER_HOST": host,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    lanes = ["--lane", "interactive", "--lane", "batch"]
    return Kept(f"{host}-worker", [sys.executable, "manage.py", "run_worker", *lanes], environ)


@pytest.fixture
def hosts(classroom: Classroom, lab_environment: Path) -> Iterator[Household]:
    """Both hosts, with their workers listening."""
    with tempfile.TemporaryDirectory(prefix="hosts-") as scratch:
        Path(scratch).chmod(0o755)
        kept = [process(name, host, scratch, lab_environment) for host in HOSTS for name in ("grader", "worker")]
        with Household(Path(scratch), {one.name: one for one in kept}, Path(scratch)) as processes:
            wait_for(lambda: listening() >= len(HOSTS) * 2, 60, "every worker listens")
            wait_for(lambda: len(list(Path(scratch).glob("*.sock"))) == len(HOSTS), 60, "both graders answer")
            yield processes


def listening() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '20 seconds'"
        )
        return int(cursor.fetchone()[0])


def submit(classroom: Classroom, user: User, text: str) -> GradingRun:
    submission = receive_submission(
        assignment=classroom.assignment, user=user, content=solved(reflection=text), at=timezone.now()
    )
    return submission.runs.get()


def is_quiet() -> bool:
    return not GradingRun.objects.filter(status__in=("queued", "running")).exists()


def host_of(run: GradingRun) -> str:
    return run.worker.partition(":")[0]


def started(run: GradingRun) -> datetime:
    assert run.started_at is not None
    return run.started_at


@on_postgresql
def test_a_job_carries_the_id_of_a_row_and_nothing_else(classroom: Classroom, trainees: list[User]) -> None:
    run = submit(classroom, trainees[0], "一")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, task_name, priority, args, queueing_lock FROM procrastinate_jobs"
            " WHERE status = 'todo' AND task_name LIKE 'grading.%'"
        )
        jobs = cursor.fetchall()
        cursor.execute("DELETE FROM procrastinate_jobs")
    args = json.dumps({"row": run.pk})
    assert jobs == [("interactive", "grading.interactive", 10, args, f"grading.interactive:{run.pk}")]


@on_postgresql
def test_two_hosts_share_the_work_and_none_is_lost(
    classroom: Classroom, trainees: list[User], hosts: Household
) -> None:
    waits = []
    for number in range(5):
        run = submit(classroom, trainees[0], f"单独 {number}")
        wait_for(is_quiet, 30, "a single submission is graded")
        run.refresh_from_db()
        assert run.status == "done", run.error
        waits.append((started(run) - run.created_at).total_seconds())
    runs = [submit(classroom, person, f"{person.pk}-{each}") for person in trainees[1:] for each in range(EACH)]
    wait_for(is_quiet, 120, "all are graded")
    share = Counter(host_of(run) for run in GradingRun.objects.filter(pk__in=[run.pk for run in runs]))
    total = GradingRun.objects.count()

    start_regrade(
        assignment=classroom.assignment,
        release=classroom.release,
        reason="x",
        by=classroom.instructor,
        at=timezone.now(),
    )
    urgent = submit(classroom, trainees[0], "急")
    regrades = GradingRun.objects.filter(cause=Cause.REGRADE)
    held = wait_for(lambda: regrades.filter(status="running").first(), 30, "a regrade runs")
    dead = hosts.kept.pop(f"{host_of(held)}-worker").process
    assert dead is not None
    os.kill(dead.pid, signal.SIGKILL)
    dead.wait()
    wait_for(is_quiet, 120, "the other host finishes alone")

    urgent.refresh_from_db()
    before = sum(1 for run in regrades if started(run) < started(urgent))
    assert {host_of(run) for run in regrades.filter(attempts__gt=1)} <= set(HOSTS) - {host_of(held)}
    figures = {
        "woken_after_s": round(statistics.median(waits), 3), "share": dict(share),
        "batch_runs_begun_before_the_urgent_one": before, "of": regrades.count(),
        "attempts": dict(Counter(GradingRun.objects.values_list("attempts", flat=True))),
    }  # fmt: skip
    print(json.dumps(figures))
    assert statistics.median(waits) < 1.0
    assert set(share) == set(HOSTS) and min(share.values()) >= len(runs) // 5
    assert before <= 2 * PLACES
    assert set(GradingRun.objects.values_list("status", flat=True)) == {"done"}
    assert regrades.count() == total
    assert Grade.objects.count() == total + 1
