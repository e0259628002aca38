"""The walls around one trainee's lab, as an argument list of bubblewrap and a table of limits."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

BUBBLEWRAP = "/usr/bin/bwrap"
LAB_UID = 1000
DATASETS = "/srv/datasets"
HUB_SOCKET = "/run/hub/hub.sock"
LAB_API_SOCKET = "/run/portal/lab-api.sock"

TEMPORARY_BYTES = 512 << 20
SHARED_MEMORY_BYTES = 256 << 20

# Per process; memory of a whole lab needs cgroups, which an ordinary user does not have everywhere.
LIMITS = {
    resource.RLIMIT_AS: 4 << 30,
    resource.RLIMIT_NPROC: 200,
    resource.RLIMIT_NOFILE: 4096,
    resource.RLIMIT_FSIZE: 256 << 20,
    resource.RLIMIT_CORE: 0,
}

ETC_FILES = ("ld.so.cache", "alternatives", "ssl", "fonts", "localtime", "mime.types", "nsswitch.conf")

# User ids for which a sandbox was made once. A failure is not remembered: its cure needs no restart.
_WORKING: set[int | None] = set()


@dataclass(frozen=True)
class Sandbox:
    """What one lab may see: its home, the data, the environment and two sockets."""

    user: str
    home: Path
    lab_environment: Path
    datasets: Path
    hub_sockets: Path
    portal_sockets: Path

    @property
    def inner_home(self) -> str:
        """Where the trainee finds the home inside."""
        return f"/home/{self.user}"

    def command(self, program: Sequence[str], *, info_fd: int, passwd_fd: int, group_fd: int) -> list[str]:
        """Return the bubblewrap command that runs `program` behind the walls.

        There is no --die-with-parent: an open lab must outlive a crash of the hub.
        """
        return [
            BUBBLEWRAP,
            *_namespaces(),
            *_system(),
            *self._environment(),
            *("--ro-bind-data", str(passwd_fd), "/etc/passwd"),
            *("--ro-bind-data", str(group_fd), "/etc/group"),
            *("--ro-bind", str(self.datasets), DATASETS),
            # The folder and not the socket: a socket that was made again has another inode.
            *("--ro-bind", str(self.hub_sockets), "/run/hub"),
            *("--ro-bind", str(self.portal_sockets), "/run/portal"),
            *("--bind", str(self.home), self.inner_home),
            *("--chdir", self.inner_home),
            # Last: what lies between the mounts is memory that nobody limits.
            *("--remount-ro", "/"),
            *("--info-fd", str(info_fd)),
            "--",
            *program,
        ]

    def passwd(self) -> str:
        """Return the user list that the sandbox sees."""
        return (
            f"{self.user}:x:{LAB_UID}:{LAB_UID}::{self.inner_home}:/bin/bash\n"
            "nobody:x:65534:65534::/:/usr/sbin/nologin\n"
        )

    def _environment(self) -> list[str]:
        """Bind the lab environment, and its interpreter where that is not the system's, at their own paths."""
        arguments = []
        for folder in (interpreter_prefix(self.lab_environment), self.lab_environment):
            if folder is not None:
                arguments += ["--ro-bind", str(folder), str(folder)]
        return arguments


def environment(given: Mapping[str, str], sandbox: Sandbox) -> dict[str, str]:
    """Return the variables of the lab: those of the hub for its own server, and nothing of the host."""
    inside = {name: value for name, value in given.items() if name.startswith(("JUPYTERHUB_", "JPY_"))}
    for name in ("JUPYTERHUB_API_URL", "JUPYTERHUB_ACTIVITY_URL"):
        if name in inside:
            path = urlsplit(inside[name]).path
            inside[name] = f"http+unix://{quote(HUB_SOCKET, safe='')}{path}"
    return {
        **inside,
        "USER": sandbox.user,
        "HOME": sandbox.inner_home,
        "SHELL": "/bin/bash",
        "LANG": "C.UTF-8",
        "TZ": "Asia/Shanghai",
        "TMPDIR": "/tmp",
        "XDG_RUNTIME_DIR": "/tmp",
        "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "PATH": f"{sandbox.lab_environment}/bin:/usr/bin:/bin",
        "CHENGXUE_LAB_API_SOCKET": LAB_API_SOCKET,
    }


def apply_limits() -> None:
    """Limit the calling process; runs in the child between fork and exec."""
    for kind, value in LIMITS.items():
        hard = resource.getrlimit(kind)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))


def works_for(uid: int | None) -> bool:
    """Tell whether bubblewrap can make a sandbox for this user id on this machine."""
    if uid in _WORKING:
        return True
    command = [BUBBLEWRAP, "--unshare-user", "--unshare-pid", "--unshare-net", "--disable-userns"]
    command += ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--", "/bin/true"]
    try:
        done = subprocess.run(
            command,
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


def interpreter_prefix(environment_folder: Path) -> Path | None:
    """Return the folder of the interpreter behind a virtual environment when it lies outside /usr."""
    python = (environment_folder / "bin" / "python").resolve()
    return None if python.is_relative_to("/usr") else python.parent.parent


def _namespaces() -> list[str]:
    return [
        *("--unshare-user", "--uid", str(LAB_UID), "--gid", str(LAB_UID), "--disable-userns"),
        *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--unshare-net"),
        *("--hostname", "lab", "--new-session", "--cap-drop", "ALL"),
    ]


def _system() -> list[str]:
    arguments = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64"):
        arguments += ["--symlink", f"usr/{name}", f"/{name}"]
    for name in ETC_FILES:
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return [
        *arguments,
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"),
        *("--remount-ro", "/dev"),
        *("--size", str(TEMPORARY_BYTES), "--tmpfs", "/tmp"),
    ]
