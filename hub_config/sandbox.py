"""Makes bubblewrap's arguments from the walls of a lab, and the limits of the process that starts it."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from hub_config.walls import LAB_GOES, LAB_UID, LIMITS, SYSTEM_LINKS, TEMPORARY, Mount, Walls

BUBBLEWRAP = "/usr/bin/bwrap"

# User ids for which a sandbox was made once. A failure is not remembered: its cure needs no restart.
_WORKING: set[int | None] = set()


@dataclass(frozen=True)
class Descriptors:
    """Open files that bubblewrap takes by number; the launcher, which opens them late, gets names in their place."""

    info: int | str
    passwd: int | str
    group: int | str
    system_calls: int | str


LATER = Descriptors("{info}", "{passwd}", "{group}", "{system_calls}")


def command(walls: Walls, program: Sequence[str], descriptors: Descriptors) -> list[str]:
    """Return the bubblewrap command that runs `program` behind the walls."""
    return [
        BUBBLEWRAP,
        *_namespaces(),
        # A server has no such flag: an open lab must outlive a crash of the hub.
        *(["--die-with-parent"] if walls.ends_with_starter else []),
        *_system(),
        *("--ro-bind-data", str(descriptors.passwd), "/etc/passwd"),
        *("--ro-bind-data", str(descriptors.group), "/etc/group"),
        *(word for mount in walls.mounts for word in _mount(mount)),
        *(word for folder in walls.empty_folders for word in ("--dir", folder)),
        *("--chdir", walls.start_folder),
        # Last: what lies between the mounts is memory that nobody limits.
        *("--remount-ro", "/"),
        *("--seccomp", str(descriptors.system_calls)),
        *("--info-fd", str(descriptors.info)),
        "--",
        # From inside it counts this sandbox's processes alone, also where all labs share one user id.
        *("/usr/bin/prlimit", f"--nproc={LIMITS[resource.RLIMIT_NPROC]}", "--"),
        *program,
    ]


def apply_limits(*, shares_user_id: bool) -> None:
    """Limit the calling process; runs in the child between fork and exec.

    The number of processes counts those of the user id: where labs share one, a lab would spend it for all others.
    """
    for kind, value in LIMITS.items():
        if shares_user_id and kind == resource.RLIMIT_NPROC:
            continue
        hard = resource.getrlimit(kind)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))
    # Where the machine has no memory left its kernel takes a lab first, and of that the programs of its launcher.
    go_before(os.getpid(), LAB_GOES)


def go_before(pid: int, score: int) -> None:
    """Let the kernel take this process before those of a lower score when memory runs out; raising needs no right."""
    with contextlib.suppress(OSError):
        descriptor = os.open(f"/proc/{pid}/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, str(score).encode())
        finally:
            os.close(descriptor)


def works_for(uid: int | None) -> bool:
    """Tell whether bubblewrap can make a sandbox for this user id on this machine."""
    if uid in _WORKING:
        return True
    trial = [BUBBLEWRAP, "--unshare-user", "--unshare-pid", "--unshare-net", "--disable-userns"]
    trial += ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--", "/bin/true"]
    try:
        done = subprocess.run(
            trial,
            capture_output=True,
            timeout=20,
            check=False,
            cwd="/",
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    if done.returncode == 0:
        _WORKING.add(uid)
    return done.returncode == 0


def _namespaces() -> list[str]:
    return [
        *("--unshare-user", "--uid", str(LAB_UID), "--gid", str(LAB_UID), "--disable-userns"),
        *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--unshare-net"),
        *("--hostname", "lab", "--new-session", "--cap-drop", "ALL"),
    ]


def _system() -> list[str]:
    """Return what every sandbox has: links into /usr, an own /proc and /dev, and sized memory to write into."""
    arguments = []
    for name in SYSTEM_LINKS:
        arguments += ["--symlink", f"usr/{name}", f"/{name}"]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for folder, size in TEMPORARY:
        arguments += ["--size", str(size), "--tmpfs", folder]
    return [*arguments, "--remount-ro", "/dev"]


def _mount(mount: Mount) -> tuple[str, str, str]:
    kind = "--bind" if mount.is_writable else "--ro-bind"
    return (f"{kind}-try" if mount.is_optional else kind, mount.source, mount.target)
