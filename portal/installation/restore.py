"""`make restore`: puts a backup into an empty state folder, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from portal.installation.archive import extract, verify
from portal.installation.backup import POSTGRESQL_DUMP, load_postgresql
from portal.installation.folders import prepare_folders
from portal.installation.messages import Refusal, say
from portal.installation.paths import Paths
from portal.installation.people import current_people
from portal.installation.steps import refuse_when_full

# What building the environments leaves behind does not count as content.
IGNORED = {"environments", "logs", "supervisor.lock"}


def restore(paths: Paths, source: Path) -> int:
    """Verify `source` and unpack it into the empty state folder. Raises Refusal and leaves nothing half done."""
    if paths.var.exists() and any(entry.name not in IGNORED for entry in paths.var.iterdir()):
        raise Refusal("restore_not_empty", folder=paths.var)
    verify(source)
    beside = paths.var.with_name(f".{paths.var.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True, mode=0o700)
        files = extract(source, beside, keeps_owners=os.geteuid() == 0)
        dump = beside / POSTGRESQL_DUMP
        if dump.exists():
            if not paths.database_url:
                raise Refusal("argument_missing", argument="DATABASE_URL", example="postgresql:///chengxue")
            load_postgresql(paths.database_url, dump)
            dump.unlink()
        paths.var.mkdir(parents=True, exist_ok=True)
        for entry in beside.iterdir():
            entry.rename(paths.var / entry.name)
    except OSError as error:
        refuse_when_full(error, paths.var)
        raise Refusal("var_on_odd", folder=error.filename or paths.var, reason=error.strerror) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    people = current_people()
    prepare_folders(paths, people)
    own_restored(paths, people.portal.uid, people.portal.gid)
    say("restore_done", folder=paths.var, files=files)
    return 0


def own_restored(paths: Paths, uid: int, gid: int) -> None:
    """Give files to this machine's portal user, whose number may differ; homes keep one number per lab."""
    if os.geteuid() != 0:
        return
    for name in (
        "database",
        "media",
        "documents",
        "submissions",
        "releases",
        "datasets",
        "raw",
        "certificates",
        "secrets",
        "audit",
    ):
        for parent, folders, files in os.walk(paths.var / name):
            for entry in [*folders, *files]:
                os.chown(Path(parent, entry), uid, gid, follow_symlinks=False)
    if paths.demo_accounts.exists():
        os.chown(paths.demo_accounts, uid, gid)
