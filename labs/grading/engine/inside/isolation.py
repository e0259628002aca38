"""Turns a fresh fork into a sandbox of its own: namespaces, small private file systems, limits, no privilege."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import select
import signal
import socket
import struct
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NoReturn

from . import seccomp

libc = ctypes.CDLL(None, use_errno=True)

NEW_USER, NEW_MOUNT, NEW_PID, NEW_NET, NEW_IPC, NEW_UTS = (
    0x10000000,
    0x00020000,
    0x20000000,
    0x40000000,
    0x08000000,
    0x04000000,
)
PRIVATE = 0x4000 | 0x40000
BIND = 0x1000 | 0x4000
NO_SUID, NO_DEVICES, NO_PROGRAMS = 2, 4, 8
DIE_WITH_PARENT, DROP_BOUND, AMBIENT, AMBIENT_CLEAR = 1, 24, 47, 4
CAPABILITIES = 41
CAPABILITY_VERSION = 0x20080522
STARTED_BADLY = 97
SIGNALLED = 128


def check(result: int, what: str) -> None:
    """Raise OSError when a call of the C library failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system."""
    kind_bytes = kind.encode() if kind else None
    check(libc.mount(source.encode(), target.encode(), kind_bytes, flags, options.encode()), f"mount {target}")


def die_with_parent() -> None:
    """End this process when its parent ends."""
    check(libc.prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0), "prctl")


def enter(life: socket.socket, kept: Collection[int], run: Callable[[], None]) -> NoReturn:
    """Make namespaces, run in them as their first process, and guard it until `life` closes."""
    die_with_parent()
    uid, gid = os.getuid(), os.getgid()
    check(libc.unshare(NEW_USER | NEW_MOUNT | NEW_PID | NEW_NET | NEW_IPC | NEW_UTS), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        Path("/proc/self", name).write_text(text)
    child = os.fork()
    if child == 0:
        try:
            run()
        except BaseException as problem:  # said to nobody but the guard below: there is no other channel yet
            life.send(f"{type(problem).__name__}: {problem}".encode()[:500])
            os._exit(STARTED_BADLY)
        os._exit(0)
    for number in kept:
        os.close(number)
    _guard(life, child)


def _guard(life: socket.socket, child: int) -> NoReturn:
    """Wait for the child's end, or bring it about when the controller lets go; then say how it ended."""
    process = os.pidfd_open(child)
    ready, _, _ = select.select([process, life.fileno()], [], [])
    if process not in ready:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    said = f"{os.waitstatus_to_exitcode(status)} {usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss}"
    try:
        life.send(said.encode())
    except OSError:
        os._exit(1)
    os._exit(0)


def leave_a_first_process() -> None:
    """Go on in a child. The first process of a namespace cannot be killed from inside, so it only waits and reaps."""
    child = os.fork()
    if child == 0:
        return
    close_all_but(())
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else SIGNALLED - code)


def private_files(sizes: dict[str, int], inodes: int, kept: Collection[str]) -> None:
    """Cover the writable places by sized file systems of this process's own, and /proc by its own view."""
    mount("none", "/", None, PRIVATE)
    # An environment that lies below a covered place comes to light again.
    seen = {folder: os.open(folder, os.O_PATH) for folder in kept}
    for folder, megabytes in sizes.items():
        options = f"size={megabytes}m,nr_inodes={inodes},mode=700"
        mount("tmpfs", folder, "tmpfs", NO_SUID | NO_DEVICES, options)
    for folder, number in seen.items():
        os.makedirs(folder)
        mount(f"/proc/self/fd/{number}", folder, None, BIND)
        os.close(number)
    mount("proc", "/proc", "proc", NO_SUID | NO_DEVICES | NO_PROGRAMS)


def limit_resources(limits: dict[str, Any]) -> None:
    """Bound this process and its children; soft and hard alike, so that they cannot be raised again."""
    cpu = math.ceil(limits["cpu_s"])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    # What the zygote has loaded is mapped already and not the trainee's doing.
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for name, value in (
        (resource.RLIMIT_AS, mapped + (int(limits["memory_mb"]) << 20)),
        (resource.RLIMIT_FSIZE, int(limits["file_mb"]) << 20),
        (resource.RLIMIT_NPROC, int(limits["processes"])),
        (resource.RLIMIT_NOFILE, int(limits["open_files"])),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


def close_all_but(kept: Collection[int]) -> None:
    """Leave no descriptor but these; standard streams lead nowhere."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        if number > 2 and number not in kept:
            try:
                os.close(number)
            except OSError:
                continue


def drop_privileges() -> None:
    """Give up every capability for good and filter system calls."""
    for number in range(CAPABILITIES):
        libc.prctl(DROP_BOUND, number, 0, 0, 0)
    libc.prctl(AMBIENT, AMBIENT_CLEAR, 0, 0, 0)
    header = struct.pack("II", CAPABILITY_VERSION, 0)
    check(libc.capset(header, struct.pack("IIIIII", 0, 0, 0, 0, 0, 0)), "capset")
    seccomp.install(libc)
