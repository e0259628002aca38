"""Lays out the state folder and the runtime folder with owners and modes."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from portal.installation.messages import Refusal
from portal.installation.paths import FOLDERS, Paths
from portal.installation.people import Account, People

# Folders that the hub owns (root when root starts it); all others belong to the portal's user.
HUB_FOLDERS = {"hub", "homes", "environments"}
# A lab's user id must pass through these to its own home, its environment and the released data.
PASSABLE = {"homes": 0o711, "environments": 0o755, "datasets": 0o755, "mounts": 0o711}


def prepare_folders(paths: Paths, people: People) -> None:
    """Make every folder of the installation with its owner and mode. Raises Refusal when it cannot."""
    try:
        _make(paths.var, people.portal, 0o711 if people.is_root else 0o700)
        for name in FOLDERS:
            owner = people.hub if name in HUB_FOLDERS else people.portal
            _make(paths.var / name, owner, PASSABLE[name] if people.is_root and name in PASSABLE else 0o700)
        _prepare_runtime(paths, people)
    except OSError as error:
        raise Refusal("var_on_odd", folder=error.filename or paths.var, reason=error.strerror) from error


def remove_runtime(paths: Paths) -> None:
    """Remove the runtime folder with its sockets, and nothing that somebody else put there."""
    sockets = (paths.hub_socket, paths.lab_api_socket, paths.hub_api_socket, paths.grader_socket, paths.proxy_socket)
    for folder in (*(socket.parent for socket in sockets), paths.lab_sockets):
        shutil.rmtree(folder, ignore_errors=True)
    (paths.runtime / "proxy.pid").unlink(missing_ok=True)
    with suppress(OSError):
        paths.runtime.rmdir()


def _prepare_runtime(paths: Paths, people: People) -> None:
    """Put a socket alone into its folder: a sandbox binds the folder and sees a new socket after a restart."""
    passable = 0o711 if people.is_root else 0o700
    _make(paths.runtime, people.hub, passable)
    _make(paths.hub_socket.parent, people.hub, passable)
    _make(paths.lab_api_socket.parent, people.portal, passable)
    # The hub alone asks here: as root it passes, otherwise it is the same user.
    _make(paths.hub_api_socket.parent, people.portal, 0o700)
    # The proxy runs as the portal's user and must reach the labs' sockets, which the hub makes.
    _make(paths.lab_sockets, people.hub, 0o700, group=people.portal.gid if people.is_root else None)
    _make(paths.proxy_socket.parent, people.portal, 0o700)
    # The set-group-id bit gives the grader's socket the portal's group, so that the portal alone opens it.
    grader_mode = 0o2710 if people.is_root else 0o700
    _make(paths.grader_socket.parent, people.grader, grader_mode, group=people.portal.gid)


def _make(folder: Path, owner: Account, mode: int, group: int | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (os.geteuid() != 0 and found.st_uid != os.geteuid()):
        raise PermissionError(1, "not a folder of this user", str(folder))
    if os.geteuid() == 0:
        os.chown(folder, owner.uid, owner.gid if group is None else group)
    if group is not None and mode == 0o700 and os.geteuid() == 0:
        mode = 0o710
    folder.chmod(mode)
