"""What this host's sandbox can and cannot do, found by trying."""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

from . import children, sandbox
from .errors import SandboxUnavailable
from .inside import seccomp
from .limits import Limits
from .zygotes import Zygotes

TRIAL = """
import json, os, socket
found = {}
try:
    socket.create_connection(("127.0.0.1", 80), timeout=1)
    found["network_closed"] = False
except OSError:
    found["network_closed"] = len(os.listdir("/sys/class/net")) <= 1 if os.path.isdir("/sys/class/net") else True
def writable(path):
    try:
        open(path + "/probe", "w").close()
        return True
    except OSError:
        return False
found["system_read_only"] = not any(map(writable, ["/", "/usr", "/etc", "/opt", "/dev", "/srv"]))
found["working_directory_writable"] = writable("/work")
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
found["no_capabilities"] = int(status["CapEff"], 16) == 0 and int(status["CapBnd"], 16) == 0
found["no_new_privileges"] = status["NoNewPrivs"].strip() == "1"
found["own_processes_only"] = len([name for name in os.listdir("/proc") if name.isdigit()]) <= 4
found["no_secrets_in_environment"] = not [n for n in os.environ if "TOKEN" in n or "SECRET" in n or "KEY" in n]
children = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            import time
            time.sleep(2)
            os._exit(0)
        children += 1
except OSError:
    pass
found["processes_limited"] = children < 200
try:
    bytearray(1 << 33)
    found["memory_limited"] = False
except MemoryError:
    found["memory_limited"] = True
raise RuntimeError(json.dumps(found))
"""


async def examine() -> dict[str, Any]:
    """Return the host's facts, each check's answer, and whether trainee code may run here."""
    failure = sandbox.probe()
    report: dict[str, Any] = {
        "host": _host(),
        "bubblewrap": _version(),
        "problem": failure,
        "checks": {},
    }
    if not failure:
        try:
            report["checks"] = await _trial()
        except (SandboxUnavailable, children.ChildDied, ValueError) as problem:
            report["problem"] = str(problem)
    report["ok"] = not report["problem"] and bool(report["checks"]) and all(report["checks"].values())
    return report


async def _trial() -> dict[str, bool]:
    zygotes = Zygotes(None, (), is_warm=False)
    ours, theirs = socket.socketpair()
    try:
        with ours, theirs:
            child = await children.start(zygotes, children.Start("trainee", {}, Limits(memory_mb=1024), "0" * 8), ours)
        reply = await child.run("cell", TRIAL, seconds=20)
        await child.close()
        checks: dict[str, bool] = json.loads(reply.text)
        return checks | {"system_calls_filtered": seccomp.is_supported()}
    finally:
        zygotes.close()


def _version() -> str:
    program = shutil.which("bwrap")
    if program is None:
        return ""
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()


def _host() -> dict[str, Any]:
    return {
        "kernel": platform.release(),
        "machine": platform.machine(),
        "processors": children.processors(),
        "uid": os.geteuid(),
        "sandbox_uid": sandbox.child_uid(0),
        "user_namespaces": _setting("/proc/sys/user/max_user_namespaces"),
        "apparmor_restricts_user_namespaces": _setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        "cgroup_v2": Path("/sys/fs/cgroup/cgroup.controllers").exists(),
    }


def _setting(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
