"""What each process writes of itself, so that status and limits are known on every machine, whichever answers."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import socket
import threading
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, models
from django.utils import timezone

from .models import RunningProcess
from .registry import GRADED, reserved_places

log = logging.getLogger(__name__)

EVERY_S = 10.0
"""Seconds between two lines of a process."""
SEEN_WITHIN = timedelta(seconds=45)
"""Whoever wrote nothing for longer is not counted on."""
KEPT = timedelta(days=7)
"""How long a process that is gone is still shown."""

Facts = Callable[[], Mapping[str, Any]]


def host_name() -> str:
    """Return the machine's name, or what WORKER_HOST calls it: one name for all processes that see the
    same process numbers."""
    return os.environ.get("WORKER_HOST") or socket.gethostname()


def report(*, name: str, started_at: datetime, facts: Mapping[str, Any], at: datetime) -> None:
    """Write the process's row, or write it anew."""
    line = {"version": own_version(), "started_at": started_at, "seen_at": at, "facts": dict(facts)}
    RunningProcess.objects.update_or_create(host=host_name(), name=name, defaults=line)


def keep_reporting(name: str, facts: Facts, stop: threading.Event) -> None:
    """Write the process's row again and again until `stop` is set; failing costs a line, never the process."""
    started_at = timezone.now()
    while True:
        try:
            report(name=name, started_at=started_at, facts=facts(), at=timezone.now())
        except Exception:
            log.exception("row of process %s", name)
        finally:
            connections.close_all()
        if stop.wait(EVERY_S):
            return


def report_server(processes: int, threads: int) -> None:
    """Write the row of a server process for as long as it lives; the equal processes of a program share one."""
    name = "lab-api" if settings.IS_LAB_API else "hub-api" if settings.IS_HUB_API else "web"
    facts = {"processes": processes, "threads": threads}
    stop = threading.Event()
    threading.Thread(target=keep_reporting, args=(name, lambda: facts, stop), name="row", daemon=True).start()


def machine_facts() -> dict[str, Any]:
    """Return what a machine has left: megabytes of memory and of the disk that holds the record, and its load."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    memory = {name: int(rest.split()[0]) // 1024 for name, _, rest in (line.partition(":") for line in lines)}
    disk = shutil.disk_usage(settings.PATHS.var)
    return {
        "memory_mb": [memory.get("MemAvailable", 0), memory.get("MemTotal", 0)],
        "disk_mb": [disk.free >> 20, disk.total >> 20],
        "load": round(os.getloadavg()[0], 1),
        "processors": len(os.sched_getaffinity(0)),
    }


@functools.cache
def own_version() -> str:
    """Return the version of the product that this process runs."""
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def seen_processes(now: datetime) -> models.QuerySet[RunningProcess]:
    """Return processes that wrote lately."""
    return RunningProcess.objects.filter(seen_at__gte=now - SEEN_WITHIN)


def grading_places(now: datetime) -> tuple[int, int]:
    """Gradings at once over all machines: for submissions alone, and for everything. One query.

    This installation's own setting stands for the workers while none of them has written.
    """
    facts = seen_processes(now).filter(name__startswith="worker").values_list("facts", flat=True)
    found = [int(each.get("places", 0)) for each in facts if GRADED[0] in each.get("lanes", ())]
    places = [number for number in found if number > 0] or [settings.GRADER_PLACES]
    reserved = sum(reserved_places(number) for number in places)
    return reserved, sum(places) - reserved


def forget_gone(now: datetime) -> None:
    """Remove rows of processes that are gone for days."""
    RunningProcess.objects.filter(seen_at__lt=now - KEPT).delete()
