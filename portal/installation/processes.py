"""The processes of an installation: command, user and listening sockets of each."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from portal.installation.paths import Paths
from portal.installation.people import Account, People
from portal.installation.ports import loopback_addresses

MARK = "CHENGXUE_INSTALLATION"
"""Variable that every process of an installation carries, so that orphans of a killed supervisor are found."""


@dataclass(frozen=True)
class Listener:
    """A socket that the supervisor opens and keeps: callers wait, not fail, while its process is restarted."""

    open: Callable[[], socket.socket]
    path: Path | None = None


@dataclass(frozen=True)
class Program:
    """One process as the supervisor starts it. `{n}` in the command stands for the n-th listener's descriptor.

    Programs below `owns` are started by this process alone, and end with it.
    """

    name: str
    command: list[str]
    account: Account
    address: str
    environ: dict[str, str] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)
    umask: int = 0o022
    stop_after: float = 10.0
    owns: Path | None = None


def programs(paths: Paths, people: People) -> list[Program]:
    """Return the processes in the order in which they are started."""
    environ = common_environ(paths)
    python = str(paths.portal_python)
    lab_python = str(paths.lab_environment / "bin" / "python")
    return [
        Program(
            "hub",
            [
                str(paths.hub_environment / "bin" / "python"),
                *("-m", "jupyterhub", "-f", str(paths.root / "hub_config" / "jupyterhub_config.py")),
            ],
            people.hub,
            paths.hub_url,
            {**environ, "PATH": _path(paths.hub_environment), "HOME": str(paths.hub)},
            stop_after=20.0,
            owns=paths.hub_environment,
        ),
        Program(
            "grader",
            [lab_python, "-m", "chengxue_grader", "serve", "--socket", str(paths.grader_socket)],
            people.grader,
            str(paths.grader_socket),
            {**environ, "PATH": _path(paths.lab_environment), "HOME": "/nonexistent"},
            umask=0o007,
        ),
        *_web_servers(paths, people.portal, python, environ),
        Program("worker", [python, "manage.py", "run_worker"], people.portal, "", environ, stop_after=15.0),
    ]


def _web_servers(paths: Paths, account: Account, python: str, environ: dict[str, str]) -> list[Program]:
    """Return the site, and what labs and hub call: three processes, none of which can be held up through another."""
    sockets = [Listener(partial(_listen_tcp, address)) for address in loopback_addresses(paths.web_port)]
    lab_api = Listener(partial(_listen_unix, paths.lab_api_socket, 0o666), paths.lab_api_socket)
    hub_api = Listener(partial(_listen_unix, paths.hub_api_socket, 0o600), paths.hub_api_socket)
    row = ("--beside", "portal.queue.processes:report_server")
    site = (*row, "--processes", "2", "--threads", "4", "--threads-per-caller", "3", "--takes-datasets")
    labs = (*row, "--threads", "8", "--threads-per-caller", "2", "--connections-per-caller", "32")
    return [
        Program("web", web_server(python, *site, binds=len(sockets)), account, paths.portal_url, environ, sockets),
        Program(
            "lab-api",
            web_server(python, *labs, "--caller", "labs.hub.places:caller_of", binds=1),
            account,
            str(paths.lab_api_socket),
            {**environ, "CHENGXUE_LAB_API": "1"},
            [lab_api],
        ),
        # Apart from lab-api: what a lab can hold up or break must never keep the hub from starting another lab.
        Program(
            "hub-api",
            web_server(python, *row, "--threads", "4", binds=1),
            account,
            str(paths.hub_api_socket),
            {**environ, "CHENGXUE_HUB_API": "1"},
            [hub_api],
        ),
    ]


def common_environ(paths: Paths) -> dict[str, str]:
    """Return the environment that every process gets."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    own = {
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PATH": _path(paths.portal_environment),
        "LANG": os.environ.get("LANG") or "C.UTF-8",
        MARK: str(paths.var),
    }
    if os.geteuid() == 0:
        # The portal's user has no home; pip and fontconfig want a place to keep things.
        own["HOME"] = str(paths.cache)
    bundle = os.environ.get("BUNDLE")
    if bundle:
        own |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(Path(bundle).resolve() / "wheels")}
    return {**inherited, **paths.environment(), **own}


def web_server(python: str, *options: str, binds: int) -> list[str]:
    """Return the command of a web server process on sockets that the supervisor opened."""
    return [python, "-m", "portal.serving", *options, *(f"fd://{{{number}}}" for number in range(binds))]


def _path(environment: Path) -> str:
    return f"{environment / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}"


def _listen_tcp(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host.strip("[]"), int(port)))
    listener.listen(512)
    return listener


def _listen_unix(path: Path, mode: int) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(mode)
    listener.listen(512)
    return listener
