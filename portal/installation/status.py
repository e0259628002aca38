"""`make status`: what runs, since when, how it answers, how long the queues are, and which versions these are."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import subprocess
import time
from typing import Any

from portal.installation.addresses import PERSON
from portal.installation.health import probes
from portal.installation.paths import Paths
from portal.installation.processes import common_environ
from portal.installation.records import PROC, Running, read_records, start_of
from portal.installation.sandbox import sandbox_problem
from portal.queue.disk import DiskLevel, disk_level, free_octets

PACKAGES = ("wagtail", "django", "jupyterhub", "jupyterlab", "nbgrader")

STOPS = {DiskLevel.HOMES: "growth of homes", DiskLevel.LABS: "new labs", DiskLevel.CHECKS: "checks"}

ONE_ORIGIN = "shared: a page of one person's lab acts for whoever opens it; the browser keeps only the portal apart"


def status(paths: Paths) -> int:
    """Print one JSON document; 1 when something that should run does not answer."""
    found = describe(paths)
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["running"] and all(not process["problem"] for process in found["processes"]) else 1


def describe(paths: Paths) -> dict[str, Any]:
    """Return the document of `make status`."""
    records = read_records(paths)
    processes = [describe_process(record, paths) for record in [*records, *_proxy(paths)]]
    is_running = any(record.name == "supervisor" and record.is_alive() for record in records)
    return {
        "running": is_running,
        "portal": paths.portal_url,
        "hub": paths.hub_url,
        "var": str(paths.var),
        "isolation": isolation(paths),
        "disk": disk(paths),
        "processes": processes,
        "queues": queue_lengths(paths) if is_running else None,
        "versions": versions(paths),
    }


def describe_process(record: Running, paths: Paths) -> dict[str, Any]:
    """Return one process with its health; `problem` is empty when it is well."""
    is_alive = record.is_alive()
    probe = probes(paths).get(record.name)
    problem = "" if is_alive and probe is None else (probe() if is_alive and probe else "not running")
    return {
        "name": record.name,
        "pid": record.pid,
        "address": record.address,
        "uptime_s": round(time.time() - record.since) if is_alive else 0,
        "restarts": record.restarts,
        "memory_mb": memory_mb(record.pid) if is_alive else 0,
        "health": "ok" if not problem else "failing",
        "problem": problem,
        "log": record.log,
    }


def memory_mb(pid: int) -> int:
    """Return the resident memory of one process."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", (PROC / str(pid) / "status").read_text(encoding="utf-8"))
    except OSError:
        return 0
    return int(found[1]) // 1024 if found else 0


def isolation(paths: Paths) -> dict[str, Any]:
    """Return how labs are kept apart on this machine."""
    problem = sandbox_problem()
    by_user = os.geteuid() == 0
    return {
        "sandbox": "bubblewrap" if problem is None else None,
        "problem": "" if problem is None else problem[0],
        "user_ids": "one per lab" if by_user else "shared",
        "origins": "one per person" if paths.lab_origins == PERSON else ONE_ORIGIN,
        # The hub's warden adds a lab up; a delegated control group stands behind it where there is one.
        "memory": "per lab, control group" if os.environ.get("CHENGXUE_CGROUP") else "per lab, watched",
    }


def disk(paths: Paths) -> dict[str, Any]:
    """Return what the record's disk has left, and what it has stopped."""
    level = disk_level(paths.var, paths.disk_reserve_mb << 20)
    stopped = [name for step, name in STOPS.items() if step <= level]
    return {"free_mb": free_octets(paths.var) >> 20, "reserve_mb": paths.disk_reserve_mb, "stopped": stopped}


def queue_lengths(paths: Paths) -> Any:
    """Return what waits in the portal's queues, as the portal itself counts it; None when it cannot say."""
    command = [str(paths.portal_python), "manage.py", "queue_status"]
    asked = subprocess.run(
        command, cwd=paths.root, env=common_environ(paths), capture_output=True, text=True, check=False
    )
    try:
        return json.loads(asked.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return None


def versions(paths: Paths) -> dict[str, str]:
    """Return the versions of the product and of what it stands on."""
    source = (paths.root / "pyproject.toml").read_text(encoding="utf-8")
    own = re.search(r'^version = "([^"]+)"', source, re.MULTILINE)
    found = {"chengxue": own[1] if own else "", "python": platform.python_version()}
    environments = (paths.portal_environment, paths.hub_environment, paths.lab_environment)
    folders = [str(site) for one in environments for site in one.glob("lib/python3.*/site-packages")]
    for package in PACKAGES:
        for distribution in importlib.metadata.distributions(name=package, path=folders):
            found[package] = distribution.version
            break
    return found


def _proxy(paths: Paths) -> list[Running]:
    """Return the proxy, whose number the hub writes down when it starts it."""
    try:
        pid = int((paths.runtime / "proxy.pid").read_text(encoding="ascii"))
        since = (PROC / str(pid)).stat().st_mtime
    except (OSError, ValueError):
        return []
    started = start_of(pid)
    if started is None:
        return []
    return [Running("proxy", pid, started, since, paths.hub_url, str(paths.logs / "hub.log"))]
