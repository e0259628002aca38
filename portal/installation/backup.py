"""`make backup`: database, files and secrets of an installation in one verified file, also while it runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from portal.installation.archive import ArchiveWriter, members_of, verify
from portal.installation.messages import Refusal, say, text, write
from portal.installation.paths import Paths
from portal.installation.steps import refuse_when_full

# Indexes, environments, logs and collected files are made anew from the rest.
TREES = ("media", "documents", "submissions", "releases", "datasets", "raw", "certificates", "homes", "secrets")
SINGLE_FILES = ("hub/cookie_secret", "demo-accounts.json", "without-demo")
DATABASES = ("database/portal.sqlite3", "hub/jupyterhub.sqlite")
POSTGRESQL_DUMP = "database/portal.pgdump"


def backup(paths: Paths, target: Path) -> int:
    """Write everything into `target`, which only its owner can read, and verify it. Raises Refusal."""
    if target.exists():
        raise Refusal("backup_exists", file=target)
    if not paths.database_file.exists() and not paths.database_url:
        raise Refusal("backup_nothing", folder=paths.var)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        left_out = write_archive(paths, beside)
        manifest = verify(beside)
        beside.rename(target)
    except OSError as error:
        refuse_when_full(error, target.parent)
        raise Refusal("var_on_odd", folder=error.filename or target.parent, reason=error.strerror) from error
    finally:
        beside.unlink(missing_ok=True)
    size = target.stat().st_size // (1024 * 1024)
    say("backup_done", file=target, files=len(members_of(manifest)), size=size)
    if left_out:
        say("backup_incomplete", count=left_out)
    return 0


def write_archive(paths: Paths, file: Path) -> int:
    """Write the archive and return how many things of homes it could not take.

    Databases come first: a row is written after its file, so each row finds its file.
    """
    writer = ArchiveWriter(file)
    # Before the database: an anchor names a seal, and a restored chain must not be shorter than its anchors.
    if (paths.var / "audit").is_dir():
        writer.add_tree(paths.var / "audit", "audit")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as scratch:
        for name in DATABASES:
            if (paths.var / name).exists() and not (paths.database_url and name == DATABASES[0]):
                write("  … " + name)
                copy = Path(scratch, Path(name).name)
                copy_database(paths.var / name, copy)
                shutil.copystat(paths.var / name, copy)
                _take_owner(paths.var / name, copy)
                writer.add_file(copy, name)
        if paths.database_url:
            dump = Path(scratch, "portal.pgdump")
            dump_postgresql(paths.database_url, dump)
            writer.add_file(dump, POSTGRESQL_DUMP)
        for name in TREES:
            if (paths.var / name).is_dir():
                write("  … " + name)
                writer.add_tree(paths.var / name, name)
        for name in SINGLE_FILES:
            if (paths.var / name).is_file():
                writer.add_file(paths.var / name, name)
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    left_out = writer.left_out.counts.total()
    about = {"created_at": created, "portal_url": paths.portal_url, "hub_url": paths.hub_url}
    writer.close({**about, "left_out": str(left_out)})
    return left_out


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database in one consistent state while others write to it, and check the copy."""
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=30)) as reading,
        contextlib.closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
        # One file alone goes into the archive, so nothing may be left in a write-ahead log.
        writing.execute("PRAGMA journal_mode=DELETE")
        verdict = writing.execute("PRAGMA quick_check").fetchone()[0]
    if verdict != "ok":
        raise Refusal("backup_damaged", detail=f"{source}: {verdict}")


def dump_postgresql(url: str, target: Path) -> None:
    """Write a PostgreSQL dump in its custom format."""
    _postgresql(["pg_dump", "--format=custom", f"--file={target}", f"--dbname={url}"])


def load_postgresql(url: str, source: Path) -> None:
    """Load a dump into an empty database."""
    _postgresql(["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={url}", str(source)])


def _postgresql(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        install = "apt-get install postgresql-client"
        raise Refusal("tool_missing", tool=command[0], command=install) from error
    if done.returncode:
        raise Refusal("step_failed", step=text("step_migrate"), log=command[0], tail=done.stderr[-600:])


def _take_owner(source: Path, copy: Path) -> None:
    if os.geteuid() == 0:
        found = source.stat()
        os.chown(copy, found.st_uid, found.st_gid)
