"""`make run`: from a fresh machine to a running installation, or a refusal with the cure and no half state."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.installation.addresses import ONE
from portal.installation.bundle import verify_bundle
from portal.installation.environments import ensure_portal
from portal.installation.folders import prepare_folders
from portal.installation.laboratory import ensure_hub, ensure_lab, ensure_proxy
from portal.installation.messages import Refusal, say, text, write
from portal.installation.paths import Paths
from portal.installation.people import People, current_people, identity
from portal.installation.preflight import check_machine
from portal.installation.preparation import prepare_data
from portal.installation.processes import common_environ, programs
from portal.installation.records import end_labs, end_orphans, running_supervisor
from portal.installation.secrets import make_secrets
from portal.installation.steps import refuse_when_full
from portal.installation.supervisor import Supervisor


def run(paths: Paths) -> int:
    """Install what is missing, start everything and watch it until told to stop. Raises Refusal."""
    os.umask(0o022)
    with sole_supervisor(paths):
        try:
            is_first = not paths.demo_accounts.exists()
            people = install(paths)
            lacks = not paths.demo_accounts.exists() and lacks_administrator(paths, people)
            supervisor = Supervisor(paths, programs(paths, people))
            return supervisor.run(lambda: announce(paths, people, with_secrets=is_first, lacks_administrator=lacks))
        except OSError as error:
            refuse_when_full(error, paths.var)
            raise


def install(paths: Paths) -> People:
    """Bring environments, secrets and data to the state that the code needs, and return who runs what."""
    left = end_orphans(paths)
    end_labs(paths)
    if left:
        say("orphans_ended", count=left)
    if os.environ.get("BUNDLE"):
        verify_bundle(Path(os.environ["BUNDLE"]))
    check_machine(paths, first=not paths.lab_environment.exists())
    ensure_portal(paths)
    people = current_people()
    say("folders", folder=paths.var)
    prepare_folders(paths, people)
    ensure_hub(paths)
    ensure_lab(paths)
    ensure_proxy(paths)
    made = make_secrets(paths.secrets, paths.portal_python)
    if made:
        say("secrets_made", names=", ".join(made))
    own_secrets(paths, people)
    prepare_data(paths, people.portal)
    return people


def own_secrets(paths: Paths, people: People) -> None:
    """Give the secrets to the portal's user, who reads them; the hub reads them as root or as the same user."""
    if people.is_root:
        for file in paths.secrets.iterdir():
            os.chown(file, people.portal.uid, people.portal.gid)


@contextmanager
def sole_supervisor(paths: Paths) -> Iterator[None]:
    """Hold the state folder for this process alone. Raises Refusal while another one runs or installs there."""
    try:
        paths.var.mkdir(parents=True, exist_ok=True)
        lock = (paths.var / "supervisor.lock").open("w", encoding="utf-8")
    except OSError as error:
        refuse_when_full(error, paths.var)
        raise Refusal("var_on_odd", folder=paths.var, reason=error.strerror) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            running = running_supervisor(paths)
            if running is None:
                raise Refusal("busy_installing", folder=paths.var) from error
            raise Refusal("already_running", folder=paths.var, pid=running.pid) from error
        yield


def announce(paths: Paths, people: People, *, with_secrets: bool, lacks_administrator: bool = False) -> None:
    """Say that a person can log in, where, and as whom; secrets are shown once, when they are new, on a terminal alone.

    What is printed elsewhere lies in a log that others may read; the file of the accounts is the owner's.
    """
    shows_secrets = with_secrets and sys.stderr.isatty()
    say("ready")
    say("ready_portal", url=paths.portal_url)
    say("ready_hub", url=paths.hub_url)
    if not people.is_root:
        say("ready_user")
    if paths.lab_origins == ONE:
        say("ready_one_origin")
    accounts = demo_accounts(paths)
    if accounts:
        say("ready_accounts", file=paths.demo_accounts)
    for account in accounts:
        roles = ", ".join(sorted({role["role"] for role in account["roles"]}))
        write(f"    {account['username']:<12} {account['name']}  {account['organization']}  {roles}")
        if shows_secrets:
            say("ready_password", password=account["password"])
            if account["totp_secret"]:
                say("ready_totp", secret=account["totp_secret"])
    if lacks_administrator:
        say("ready_administrator", command=administrator_command(paths))
    say("ready_keys")


def lacks_administrator(paths: Paths, people: People) -> bool:
    """Return whether nobody could sign in and let others in; an answer that cannot be had counts as no."""
    asked = subprocess.run(
        [str(paths.portal_python), "manage.py", "create_administrator", "--is-needed"],
        cwd=paths.root,
        env=common_environ(paths),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **identity(people.portal),
    )
    return asked.returncode == 0 and asked.stdout.strip() == "yes"


def administrator_command(paths: Paths) -> str:
    """Return what the operator types; what the environment chose stands before it."""
    own = {name: value for name, value in paths.environment().items() if os.environ.get(name) and name != "DEMO"}
    variables = "".join(f"{name}={shlex.quote(value)} " for name, value in own.items())
    python = paths.portal_python.relative_to(paths.root)
    chosen = text("administrator_example")
    return f"cd {shlex.quote(str(paths.root))} && {variables}{python} manage.py create_administrator {chosen}"


def demo_accounts(paths: Paths) -> list[dict[str, Any]]:
    """Return the demo people; nobody where demo data was not seeded."""
    try:
        accounts: list[dict[str, Any]] = json.loads(paths.demo_accounts.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return accounts
