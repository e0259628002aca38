"""Starts the two processes of a lab: its server behind walls, and outside of them the launcher of its kernels."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hub_config import sandbox
from hub_config.sandbox import Descriptors
from hub_config.walls import LAB_API_SOCKET, NEWS_FILE, Lab, hub_variables


@dataclass(frozen=True)
class Start:
    """What the processes of a lab need from the hub."""

    lab: Lab
    uid: int | None
    listener: socket.socket
    log: int
    told: Mapping[str, str]
    """The hub's variables for its server, tokens among them."""
    arguments: Sequence[str]


@dataclass(frozen=True)
class Started:
    """The processes that the hub started; `info` tells the sandbox's first process and is closed by who reads it."""

    server: subprocess.Popen[bytes]
    launcher: subprocess.Popen[bytes] | None = None
    info: int | None = None


def start_behind_walls(start: Start) -> Started:
    """Start server and launcher, who know each other by a pair of sockets that nobody else can open."""
    walls = start.lab.server()
    system_calls = start.lab.system_calls.read_bytes()
    with contextlib.ExitStack() as opened:
        ours, theirs = (opened.enter_context(end) for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        launcher = _start_launcher(start, ours)
        info, writer = os.pipe()
        opened.callback(os.close, writer)
        descriptors = Descriptors(
            info=writer,
            passwd=opened.enter_context(_memory_file(walls.passwd().encode())),
            group=opened.enter_context(_memory_file(walls.group().encode())),
            system_calls=opened.enter_context(_memory_file(system_calls)),
        )
        told = opened.enter_context(_told(hub_variables(start.told)))
        variables = {
            **walls.variables,
            "LAB_LISTEN_FD": str(start.listener.fileno()),
            "LAB_LAUNCHER_FD": str(theirs.fileno()),
            "LAB_TOLD_FD": str(told),
        }
        inherited = [start.listener.fileno(), theirs.fileno(), told, *map(int, vars(descriptors).values())]
        program = sandbox.command(walls, _server(start), descriptors)
        return Started(_run(start, program, variables, inherited), launcher, info)


def start_in_the_open(start: Start) -> Started:
    """Start the server without walls, as its kernels will be: for machines that cannot isolate and were told not to."""
    lab, home = start.lab, str(start.lab.home)
    with _told(start.told) as told:
        variables = {
            **lab.kernel("").variables,
            "HOME": home,
            "JUPYTERHUB_ROOT_DIR": home,
            "MPLCONFIGDIR": f"{home}/.cache/matplotlib",
            "CHENGXUE_LAB_API_SOCKET": str(lab.portal_sockets / os.path.basename(LAB_API_SOCKET)),
            "JUPYTER_RUNTIME_DIR": f"{home}/.jupyter-runtime",
            "XDG_RUNTIME_DIR": home,
            "TMPDIR": home,
            "LAB_LISTEN_FD": str(start.listener.fileno()),
            "LAB_TOLD_FD": str(told),
        }
        inherited = [start.listener.fileno(), told]
        return Started(_run(start, _server(start), variables, inherited, has_walls=False))


def launcher_orders(lab: Lab) -> dict[str, Any]:
    """Return all that the launcher is told: the walls of a kernel as a command in which its folder is still open."""
    walls = lab.kernel("{folder}")
    return {
        "command": sandbox.command(walls, [], sandbox.LATER),
        "command_for_full_home": sandbox.command(lab.kernel("{folder}", is_full=True), [], sandbox.LATER),
        "news": str(lab.news / NEWS_FILE),
        "variables": dict(walls.variables),
        "passwd": walls.passwd(),
        "group": walls.group(),
        "system_calls": str(lab.system_calls),
        "home": walls.home,
        "folders": str(lab.kernels),
        "python": str(lab.python),
        "kernel_specs": str(lab.lab_environment / "share" / "jupyter" / "kernels"),
    }


def _start_launcher(start: Start, end: socket.socket) -> subprocess.Popen[bytes]:
    # Isolated and without site: nothing of the person's, and a small process.
    program = [str(start.lab.python), "-I", "-S", str(start.lab.launcher), str(end.fileno())]
    process = _run(start, program, {"LANG": "C.UTF-8"}, [end.fileno()], stdin=subprocess.PIPE)
    assert process.stdin is not None
    # A launcher that ended at once is noticed with the server, whose end of the pair then leads nowhere.
    with contextlib.suppress(BrokenPipeError), process.stdin:
        process.stdin.write(json.dumps(launcher_orders(start.lab)).encode())
    return process


def _server(start: Start) -> list[str]:
    return [str(start.lab.python), "-I", "-m", "chengxue_lab.launch", *start.arguments]


def _run(
    start: Start,
    program: list[str],
    variables: Mapping[str, str],
    inherited: Sequence[int],
    stdin: int = subprocess.DEVNULL,
    has_walls: bool = True,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        program,
        env=dict(variables),
        cwd="/",
        stdin=stdin,
        stdout=start.log,
        stderr=start.log,
        pass_fds=list(inherited),
        start_new_session=True,
        # It makes a few system calls and nothing else, which is safe between fork and exec.
        preexec_fn=partial(sandbox.apply_limits, shares_user_id=has_walls and start.uid is None),  # noqa: PLW1509 - nothing else sets limits on the child alone
        umask=0o077,
        user=start.uid,
        group=start.uid,
        extra_groups=None if start.uid is None else [],
    )


@contextlib.contextmanager
def _told(variables: Mapping[str, str]) -> Iterator[int]:
    """Put variables into a pipe: what stands in a process's environment can be read again, by path, for as long as it runs."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(json.dumps(dict(variables)).encode())
    try:
        yield reader
    finally:
        os.close(reader)


@contextlib.contextmanager
def _memory_file(content: bytes) -> Iterator[int]:
    """Open a file that lives in memory only, ready to be read by a child."""
    descriptor = os.memfd_create("lab")
    try:
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
