"""Turns a fresh fork into a sandbox of its own: namespaces, small private file systems, limits, no privilege."""

from __future__ import annotations

import ctypes
import errno
import math
import os
import platform
import resource
import signal
import struct
import types
from collections.abc import Collection
from pathlib import Path
from typing import Any

from . import seccomp

libc = ctypes.CDLL(None, use_errno=True)
# A call through these keeps the interpreter's lock, as os.fork does.
c_interface = ctypes.PyDLL(None, use_errno=True)
python = ctypes.pythonapi

NEW_USER, NEW_MOUNT, NEW_PID, NEW_NET, NEW_IPC, NEW_UTS = (
    0x10000000,
    0x00020000,
    0x20000000,
    0x40000000,
    0x08000000,
    0x04000000,
)
NAMESPACES = NEW_USER | NEW_MOUNT | NEW_PID | NEW_NET | NEW_IPC | NEW_UTS
SYS_CLONE, CHILD_SETS_NUMBER, CHILD_CLEARS_NUMBER, GET_THREAD_NUMBER = 56, 0x01000000, 0x00200000, 40
MMAP_THRESHOLD, TRIM_THRESHOLD, TOP_PAD = -3, -1, -2
UID, GID = os.getuid(), os.getgid()
PRIVATE = 0x4000 | 0x40000
BIND = 0x1000 | 0x4000
NO_SUID, NO_DEVICES, NO_PROGRAMS = 2, 4, 8
DIE_WITH_PARENT, DROP_BOUND, AMBIENT, AMBIENT_CLEAR = 1, 24, 47, 4
CAPABILITIES = 41
CAPABILITY_VERSION = 0x20080522
STARTED_BADLY = 97
SIGNALLED = 128

thread_number = ctypes.c_void_p()
way = types.SimpleNamespace(is_cloning=False)


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


def keep_memory() -> None:
    """Let the C library keep what is freed: large tables then reuse pages instead of asking the kernel for new ones."""
    for option, value in ((MMAP_THRESHOLD, 1 << 30), (TRIM_THRESHOLD, (1 << 31) - 1), (TOP_PAD, 1 << 25)):
        libc.mallopt(option, value)


def fork_apart() -> int:
    """Fork into namespaces of its own, in which the child is the first process; return as os.fork does.

    One call of the kernel does both where a trial has shown that the C library can bear it; a process that makes
    namespaces and forks again costs its pages twice. The first process takes no signal from inside its namespace, and
    everything started in it ends with it.
    """
    return _clone() if way.is_cloning else _fork_twice()


def _clone() -> int:
    number = c_interface.prctl(GET_THREAD_NUMBER, ctypes.byref(thread_number), 0, 0, 0)
    if number < 0:
        raise OSError(errno.ENOSYS, "prctl")
    flags = NAMESPACES | CHILD_SETS_NUMBER | CHILD_CLEARS_NUMBER | signal.SIGCHLD
    python.PyOS_BeforeFork()
    child: int = c_interface.syscall(SYS_CLONE, ctypes.c_long(flags), None, None, thread_number, None)
    if child == 0:
        python.PyOS_AfterFork_Child()
        _map_user()
        return 0
    failure = ctypes.get_errno()
    python.PyOS_AfterFork_Parent()
    if child < 0:
        raise OSError(failure, f"clone: {os.strerror(failure)}")
    return child


def _fork_twice() -> int:
    between = os.fork()
    if between:
        return between
    die_with_parent()
    check(libc.unshare(NAMESPACES), "unshare")
    child = os.fork()
    if child == 0:
        _map_user()
        return 0
    close_all_but(())
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(code if code >= 0 else SIGNALLED - code)


def _map_user() -> None:
    """Keep the number that this process had outside; it has every right here until it gives them up."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{UID} {UID} 1"), ("gid_map", f"{GID} {GID} 1")):
        Path("/proc/self", name).write_text(text)


def try_clone() -> bool:
    """Find out whether a cloned process can do what a forked one can: threads' numbers, signals, children."""
    if platform.machine() != "x86_64":
        return False
    try:
        child = _clone()
    except OSError:
        return False
    if child == 0:
        try:
            is_well = os.getpid() == 1 and ctypes.c_int.from_address(thread_number.value or 0).value == 1
            signal.signal(signal.SIGUSR1, lambda *_: None)
            signal.raise_signal(signal.SIGUSR1)
            below = os.fork()
            if below == 0:
                os._exit(3)
            is_well = is_well and os.waitstatus_to_exitcode(os.waitpid(below, 0)[1]) == 3
            os._exit(0 if is_well else 1)
        finally:
            os._exit(1)
    way.is_cloning = os.waitpid(child, 0)[1] == 0
    return bool(way.is_cloning)


def private_files(sizes: dict[str, int], inodes: int, kept: Collection[str], below: tuple[str, str] | None) -> bool:
    """Cover the writable places by sized file systems of this process's own, and /proc by its own view.

    `below` names a folder and the writable place that begins with its files; False when they have to be copied.
    """
    mount("none", "/", None, PRIVATE)
    # An environment that lies below a covered place comes to light again.
    seen = {folder: os.open(folder, os.O_PATH) for folder in kept}
    lower = os.open(below[0], os.O_PATH) if below else None
    for folder, megabytes in sizes.items():
        options = f"size={megabytes}m,nr_inodes={inodes},mode=700"
        mount("tmpfs", folder, "tmpfs", NO_SUID | NO_DEVICES, options)
    for folder, number in seen.items():
        os.makedirs(folder)
        mount(f"/proc/self/fd/{number}", folder, None, BIND)
        os.close(number)
    is_laid = below is not None and lower is not None and _lay_over(lower, below[1])
    mount("proc", "/proc", "proc", NO_SUID | NO_DEVICES | NO_PROGRAMS)
    return is_laid


def _lay_over(lower: int, folder: str) -> bool:
    """Show a folder's files in a writable place without copying them; older kernels cannot."""
    for name in ("upper", "work"):
        os.mkdir(f"{folder}/{name}", 0o700)
    options = f"lowerdir=/proc/self/fd/{lower},upperdir={folder}/upper,workdir={folder}/work,userxattr"
    try:
        mount("overlay", folder, "overlay", NO_SUID | NO_DEVICES, options)
    except OSError:
        for name in ("upper", "work"):
            os.rmdir(f"{folder}/{name}")
        return False
    return True


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
