"""The bubblewrap sandbox in which trainee code runs, and the proof that this host can make it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from . import limits as bounds
from .errors import SandboxUnavailable

WORK = "/work"
TEMPORARY = "/tmp"  # noqa: S108  # a private one, inside the sandbox
SHARED = "/dev/shm"  # noqa: S108  # likewise
WRITABLE = (WORK, TEMPORARY, SHARED)
DATASETS = "/srv/datasets"
TEMPLATES = "/templates"
INSIDE = "/opt/inside"
INSIDE_MARK = f"{INSIDE}/zygote.py".encode()
BOOT = "import sys; sys.path.insert(0, '/opt'); from inside.zygote import main; main()"
# Nested namespaces and process limits do not hold for uid 0, so children of root run as one of these.
FIRST_CHILD_UID = 20001
PASSWD = b"trainee:x:1000:1000:trainee:/work:/bin/sh\n"
CLOSED = -1
GROUP = b"trainee:x:1000:\n"
ETC = ("ld.so.cache", "alternatives", "fonts", "localtime", "mime.types")
ENVIRONMENT = {
    "HOME": WORK,
    "LANG": "C.UTF-8",
    "TZ": "Asia/Shanghai",
    "USER": "trainee",
    "TMPDIR": TEMPORARY,
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": f"{TEMPORARY}/matplotlib",
    "IPYTHONDIR": f"{TEMPORARY}/ipython",
    "NBGRADER_EXECUTION": "autograde",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    # Arrow's allocator starts a thread at import otherwise, and a process with two threads must not be forked.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


@dataclass(frozen=True)
class Place:
    """What a sandbox is made of: the environment, the released data, and the uid of its processes on the host."""

    environment: Path
    datasets: Path | None = None
    uid: int | None = None


@dataclass
class Sandbox:
    """A started sandbox and our end of its channel."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    messages: int

    def complaint(self) -> str:
        """Return what bubblewrap said on standard error, shortened."""
        os.lseek(self.messages, 0, os.SEEK_SET)
        return os.read(self.messages, 2000).decode("utf-8", "replace").strip()

    def end(self) -> None:
        """Kill everything in it; with its first process the kernel ends all others."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.messages != CLOSED:
            os.close(self.messages)
            self.messages = CLOSED


def child_uid(slot: int) -> int | None:
    """Return the uid for the sandbox in this slot, or None when we are no root and have only our own."""
    if os.geteuid() != 0:
        return None
    return int(os.environ.get("CHENGXUE_SANDBOX_UID", FIRST_CHILD_UID)) + slot


def namespaces() -> list[str]:
    """Return bubblewrap's path and the isolation that is never given up."""
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailable("本机没有安装 bubblewrap（bwrap），无法安全地评分。请安装 bubblewrap 后重试。")
    return [
        program,
        *(
            "--unshare-user",
            "--uid",
            "1000",
            "--gid",
            "1000",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
        ),
        *(
            "--unshare-cgroup-try",
            "--unshare-net",
            "--hostname",
            "grading",
            "--new-session",
            "--die-with-parent",
        ),
        *("--cap-drop", "ALL", "--clearenv"),
    ]


def start(place: Place) -> Sandbox:
    """Start a fork server in a new sandbox. Raises SandboxUnavailable."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    messages = os.memfd_create("messages")
    inherited = [theirs.fileno()]
    try:
        arguments = namespaces() + _system(place, inherited) + _writable()
        python = str(place.environment / "bin" / "python")
        # Isolated, but not from our own settings: -I would ignore PYTHONHASHSEED, and sets would differ from run to run.
        arguments += ["--", python, "-P", "-s", "-B", "-c", BOOT, str(theirs.fileno())]
        process = _spawn(arguments, inherited, messages, place.uid)
    except OSError as problem:
        ours.close()
        os.close(messages)
        raise SandboxUnavailable(f"无法启动评分沙箱：{problem}") from problem
    finally:
        theirs.close()
        for number in inherited[1:]:
            os.close(number)
    return Sandbox(process, ours, messages)


def _spawn(arguments: list[str], inherited: list[int], messages: int, uid: int | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=messages,
        pass_fds=inherited,
        env={},
        cwd="/",
        user=uid,
        group=uid,
        extra_groups=[] if uid is not None else None,
        umask=0o077,
    )


def _system(place: Place, inherited: list[int]) -> list[str]:
    """Return the read-only part: programs, the lab environment, released data, two account files, the fork server."""
    arguments = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64"):
        if Path("/", name).is_symlink():
            arguments += ["--symlink", f"usr/{name}", f"/{name}"]
        else:
            arguments += ["--ro-bind-try", f"/{name}", f"/{name}"]
    for name in ETC:
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    arguments += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *_sized(SHARED, bounds.SHARED_MB),
    ]
    arguments += _sized(TEMPORARY, bounds.TEMPORARY_MB)
    for folder in _folders(place.environment):
        arguments += ["--ro-bind", folder, folder]
    if place.datasets is not None:
        arguments += ["--ro-bind-try", str(place.datasets), DATASETS]
    for content, path in ((PASSWD, "/etc/passwd"), (GROUP, "/etc/group"), *_programs()):
        arguments += [
            "--perms",
            "0444",
            "--ro-bind-data",
            str(_hold(content, inherited)),
            path,
        ]
    for name, value in (ENVIRONMENT | {"PATH": f"{place.environment}/bin:/usr/bin:/bin"}).items():
        arguments += ["--setenv", name, value]
    return arguments


def _writable() -> list[str]:
    """Places for files, small here because every submission covers them by its own; the root itself turns read-only."""
    arguments = _sized(WORK, 1) + _sized(TEMPLATES, bounds.TEMPLATES_MB)
    return [*arguments, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK]


def _sized(path: str, megabytes: int) -> list[str]:
    return ["--size", str(megabytes << 20), "--tmpfs", path]


def _folders(environment: Path) -> list[str]:
    """Return the environment and, where its python is a link, the interpreter's own folder; both outside /usr."""
    home = str((environment / "bin" / "python").resolve().parent.parent)
    found = dict.fromkeys((str(environment), home))
    return [folder for folder in found if folder != "/usr" and not folder.startswith("/usr/")]


def folders_below(covered: Collection[str]) -> list[str]:
    """Return the folders of the environment that lie below places which every submission covers by its own."""
    return [folder for folder in _folders(lab_environment()) if any(folder.startswith(f"{each}/") for each in covered)]


def _programs() -> list[tuple[bytes, str]]:
    folder = Path(__file__).with_name("inside")
    return [(file.read_bytes(), f"{INSIDE}/{file.name}") for file in sorted(folder.glob("*.py"))]


def _hold(content: bytes, inherited: list[int]) -> int:
    """Keep bytes behind a descriptor, so that no path on the host is shared with the sandbox."""
    number = os.memfd_create("content")
    inherited.append(number)
    with os.fdopen(os.dup(number), "wb") as file:
        file.write(content)
    os.lseek(number, 0, os.SEEK_SET)
    return number


def end_orphans() -> int:
    """End sandboxes whose grader was killed while they were starting, and say how many there were.

    Bubblewrap ends with its parent, but one whose parent went before it could ask for that waits for ever.
    """
    ended = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if parent == 1 and words[0].endswith(b"bwrap") and INSIDE_MARK in words and _is_ours(folder):
                os.kill(int(folder.name), signal.SIGKILL)
                ended += 1
        except (OSError, ValueError, IndexError):
            continue
    return ended


def _is_ours(folder: Path) -> bool:
    """Tell whether a process has a user that sandboxes of ours have."""
    slots = (child_uid(0), child_uid(1))
    return folder.stat().st_uid in (slots if slots[0] is not None else (os.geteuid(),))


def probe() -> str:
    """Try the isolation with an empty command; return why it fails, empty when it works."""
    try:
        arguments = [
            *namespaces(),
            "--ro-bind",
            "/",
            "/",
            "--proc",
            "/proc",
            "--",
            "/usr/bin/true",
        ]
        done = subprocess.run(
            arguments,
            capture_output=True,
            timeout=20,
            env={},
            check=False,
            user=child_uid(0),
            group=child_uid(0),
            extra_groups=[] if child_uid(0) is not None else None,
        )
    except SandboxUnavailable as problem:
        return problem.message
    except (OSError, subprocess.SubprocessError) as problem:
        return str(problem)
    return "" if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip()


def lab_environment() -> Path:
    """Return the environment this interpreter belongs to, which is what trainees' code runs in."""
    return Path(sys.prefix)
