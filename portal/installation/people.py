"""Who runs as whom: the system users of an installation that root starts."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import Any

PORTAL_USER = "chengxue"
GRADER_USER = "chengxue-grader"


@dataclass(frozen=True)
class Account:
    """A user and group id that a process takes."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class People:
    """The accounts of the processes; all the same when an ordinary user starts the installation."""

    portal: Account
    grader: Account
    hub: Account

    @property
    def is_root(self) -> bool:
        """Whether processes and labs run under several user ids."""
        return self.hub.uid == 0


def current_people() -> People:
    """Return the accounts, making the system users first when root has none yet."""
    own = pwd.getpwuid(os.geteuid())
    hub = Account(own.pw_name, own.pw_uid, own.pw_gid)
    if hub.uid != 0:
        return People(hub, hub, hub)
    return People(_system_user(PORTAL_USER), _system_user(GRADER_USER), hub)


def _system_user(name: str) -> Account:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", name], check=True, capture_output=True)
        entry = pwd.getpwnam(name)
    return Account(name, entry.pw_uid, entry.pw_gid)


def identity(account: Account | None) -> dict[str, Any]:
    """Return the arguments with which subprocess starts a process as `account`; only root can change user."""
    if account is None or os.geteuid() != 0:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
