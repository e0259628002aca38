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

from ..protocol import Limits
from . import cgroups, children, sandbox
from .errors import SandboxUnavailable
from .inside import seccomp
from .zygotes import Zygotes

# What a submission's process finds when it tries; `DENIED` and `CLONE` are numbers of system calls on this machine.
TRIAL = """
import ctypes, json, os, socket, sys, threading, time
failed = []
def expect(name, is_so):
    if not is_so:
        failed.append(name)
def is_refused(action):
    try:
        action()
    except OSError:
        return True
    return False
expect("network_closed", is_refused(lambda: socket.create_connection(("127.0.0.1", 80), timeout=1)))
expect("network_empty", len(open("/proc/net/dev").readlines()) <= 3)
for path in ("/", "/usr", "/etc", "/opt", "/dev", "/srv", sys.prefix):
    expect("system_read_only", is_refused(lambda: open(path + "/probe", "w").close()))
expect("working_directory_writable", not is_refused(lambda: open("/work/probe", "w").close()))
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
expect("no_capabilities", int(status["CapEff"], 16) == 0 and int(status["CapBnd"], 16) == 0)
expect("no_new_privileges", status["NoNewPrivs"].strip() == "1")
expect("filter_in_force", status["Seccomp"].strip() == "2")
expect("own_processes_only", len([name for name in os.listdir("/proc") if name.isdigit()]) <= 2)
expect("no_other_descriptors", len(os.listdir("/proc/self/fd")) <= 6)
expect("no_secrets_in_environment", not [n for n in os.environ if "TOKEN" in n or "SECRET" in n or "KEY" in n])
expect("clock_cannot_be_set", is_refused(lambda: time.clock_settime(time.CLOCK_REALTIME, 0)))
kernel = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    ctypes.set_errno(0)
    result = kernel.syscall(*arguments)
    expect("call_" + name, result == -1 and ctypes.get_errno() == 1)
for name, number in DENIED.items():
    call(name, number, -1, 0, 0, 0, 0, 0)
call("clone_namespaces", CLONE, 0x10000011, 0, 0, 0, 0)
expect("call_socket_families", is_refused(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)))
threading.stack_size(1 << 18)
over, tasks = threading.Event(), 0
try:
    for _ in range(200):
        threading.Thread(target=over.wait, daemon=True).start()
        tasks += 1
except RuntimeError:
    pass
over.set()
expect("processes_limited", tasks < 200)
try:
    bytearray(1 << 33)
    failed.append("memory_limited")
except MemoryError:
    pass
raise RuntimeError(json.dumps(failed))
"""
CHECKS = (
    *("network_closed", "network_empty", "system_read_only", "working_directory_writable", "no_capabilities"),
    *("no_new_privileges", "filter_in_force", "own_processes_only", "no_other_descriptors"),
    *("no_secrets_in_environment", "clock_cannot_be_set", "processes_limited", "memory_limited"),
)


async def examine(zygotes: Zygotes | None = None) -> dict[str, Any]:
    """Return the host's facts, each check's answer, and whether trainee code may run here."""
    failure = sandbox.probe()
    report: dict[str, Any] = {"host": _host(), "bubblewrap": _version(), "problem": failure, "checks": {}}
    if not failure:
        own = zygotes or Zygotes(None, (), is_warm=False)
        try:
            failed = await _trial(own)
            calls = [f"call_{name}" for name in (*seccomp.DENIED, "clone_namespaces", "socket_families")]
            report["checks"] = {name: name not in failed for name in (*CHECKS, *calls)}
        except (SandboxUnavailable, children.ChildDied, ValueError) as problem:
            report["problem"] = str(problem)
        finally:
            if zygotes is None:
                own.close()
    report["ok"] = not report["problem"] and bool(report["checks"]) and all(report["checks"].values())
    return report


def lacking(report: dict[str, Any]) -> str:
    """Name what this host lacks; empty when nothing is."""
    return report["problem"] or "、".join(name for name, is_so in report["checks"].items() if not is_so)


async def _trial(zygotes: Zygotes) -> list[str]:
    """Let a submission's process try what it must not be able to do; return what it could."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        limits = Limits(memory_mb=1024)
        child = await children.start(zygotes, children.Start("trainee", {}, limits, "0" * 8), ours)
    try:
        clone = seccomp.CLONE[seccomp.MACHINES.index(platform.machine())]
        reply = await child.run("cell", f"DENIED = {seccomp.DENIED!r}\nCLONE = {clone}\n{TRIAL}", seconds=20)
    finally:
        await child.close()
    failed: list[str] = json.loads(reply.text)
    return failed


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
        "memory_bounded_by": _memory_bound(),
    }


def _memory_bound() -> str:
    """Say what bounds the memory of a submission's processes together."""
    groups = cgroups.delegated()
    return "rlimits and watcher" if groups is None else f"cgroup v{groups.version}"


def _setting(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
