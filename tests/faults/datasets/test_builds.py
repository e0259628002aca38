"""Builds that go wrong in the middle: a killed worker, a cancelled build, a full disk. Nothing is half-released."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from labs.datasets.actions import cancel_work, start_build
from labs.datasets.models import Build, Draft, DraftState, Outcome
from labs.datasets.progressing import do_now
from labs.datasets.work import BUILDS
from portal.installation.paths import ROOT
from portal.queue.worker import free_what_dead_workers_hold
from tests.labs.datasets.conftest import desk, var
from tests.labs.datasets.desk import Desk, make_desk, people, refusing, table

__all__ = ["desk", "var"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ADULT = Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data") / "adult"
QUASI = ("sex", "age", "race", "marital-status", "education", "native-country", "workclass", "salary-class")
PATIENCE_S = 120

WORKER = """
import dataclasses, pathlib, sys
import django
django.setup()
from django.conf import settings
from django.db import connections
settings.PATHS = dataclasses.replace(settings.PATHS, var=pathlib.Path(sys.argv[2]))
settings.RAW_DATA_KEY = "a key of the tests"
connections.databases["default"]["NAME"] = sys.argv[1]
from labs.datasets.work import BUILDS
from portal.queue.worker import work_once, worker_name
print(work_once(BUILDS, worker_name()), flush=True)
"""


@pytest.fixture
def slow_draft(desk: Desk) -> Draft:
    """Return a draft whose build searches for seconds."""
    if not ADULT.is_dir():
        pytest.skip(f"Adult is not in {ADULT}; set CHENGXUE_DATA")
    columns: dict[str, Any] = {}
    for name in QUASI:
        rows = (ADULT / "hierarchies" / f"adult_hierarchy_{name}.csv").read_text("utf-8-sig").splitlines()
        columns[name] = {"role": "quasi", "hierarchy": {"inline": [row.split(";") for row in rows]}}
    columns["occupation"] = {"role": "sensitive"}
    document = {"k": 5, "suppression_max": 0.05, "t": {"occupation": 0.4}, "recoding": "local", "columns": columns}
    return desk.draft((ADULT / "adult.csv").read_bytes(), document=document)


def wait_until(met: Callable[[], Any], what: str) -> None:
    """Wait, and fail when it never comes."""
    end = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def start_worker(var: Path) -> subprocess.Popen[bytes]:
    """Return a worker of its own process that takes one build."""
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    name = str(connections["default"].settings_dict["NAME"])
    return subprocess.Popen([sys.executable, "-c", WORKER, name, str(var)], env=environ, cwd=ROOT)


def children(pid: int) -> list[int]:
    """Return processes that the process started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def begin(desk: Desk, draft: Draft) -> Build:
    """Return a build that waits for a worker."""
    return start_build(draft=draft, revision=draft.revision, by=desk.steward, at=timezone.now())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the worker opens the test's database file")
def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_one_ends_the_build(
    desk: Desk, slow_draft: Draft, var: Path
) -> None:
    build = begin(desk, slow_draft)
    worker = start_worker(var)
    wait_until(lambda: Build.objects.get(pk=build.pk).step == "search", "the build searches")
    workshop = children(worker.pid)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workshop), "the workshop ends with its worker")
    left = {path.name for path in (var / "raw" / "builds").iterdir()}
    slow_draft.refresh_from_db()
    state = slow_draft.state
    free_what_dead_workers_hold(timezone.now())
    assert start_worker(var).wait(PATIENCE_S) == 0

    build.refresh_from_db()
    slow_draft.refresh_from_db()
    assert workshop and state == DraftState.DRAFT and str(build.uuid) not in left and not (var / "datasets").exists()
    assert (build.outcome, build.attempts, slow_draft.state) == (Outcome.DONE, 2, DraftState.ASSESSED)
    assert slow_draft.reports.count() == 1 and (var / "raw" / build.folder / "data.csv").is_file()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the worker opens the test's database file")
def test_a_running_build_is_cancelled_within_seconds(desk: Desk, slow_draft: Draft, var: Path) -> None:
    build = begin(desk, slow_draft)
    worker = start_worker(var)
    wait_until(lambda: Build.objects.get(pk=build.pk).step == "search", "the build searches")
    running = Build.objects.get(pk=build.pk)
    with refusing("busy"):
        slow_draft.refresh_from_db()
        begin(desk, slow_draft)
    cancel_work(work=running, by=desk.steward, at=timezone.now())
    asked = time.monotonic()
    assert worker.wait(PATIENCE_S) == 0

    build.refresh_from_db()
    slow_draft.refresh_from_db()
    assert time.monotonic() - asked < 15
    assert (build.outcome, slow_draft.state) == (Outcome.CANCELLED, DraftState.DRAFT)
    assert not (var / "raw" / build.folder).exists() and not list((var / "raw" / "work").iterdir())


def test_a_full_disk_is_said_and_the_draft_is_kept(world: Any, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = make_desk(world)
    draft = desk.draft(table(people(4000)))
    small = var / "small"
    small.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a small disk takes root")
    try:
        (var / "raw" / "builds").mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr("labs.datasets.vault.Vault.build_folder", lambda self, identity: small / str(identity))
        build = begin(desk, draft)
        do_now(BUILDS, build)
        build.refresh_from_db()
        draft.refresh_from_db()
        left = list(small.iterdir())
    finally:
        subprocess.run(["umount", str(small)], check=True)

    assert build.outcome == Outcome.REFUSED and "磁盘已满" in build.message and "disk is full" in build.message_en
    assert draft.state == DraftState.DRAFT and not left and json.dumps(draft.document)
