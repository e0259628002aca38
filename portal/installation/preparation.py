"""Brings database, files and demo data up to the code, and skips that when neither has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from portal.installation.catalogs import compile_all
from portal.installation.environments import log_file
from portal.installation.messages import Refusal, say, text
from portal.installation.paths import Paths
from portal.installation.people import Account
from portal.installation.processes import common_environ
from portal.installation.steps import StepFailed, run_step

# Each may be run again at any time and then changes nothing.
COMMANDS = (
    "migrate",
    "createcachetable",
    "collectstatic",
    "load_regions",
    "ensure_hub_client",
    "load_datasets",
)
CONTENT = {True: "seed_demo", False: "build_site"}
"""What fills the site: the demo province, or nothing but the pages on which others are hung."""
INDEX = "index_content"
STAMP = ".prepared-from"
CODE_FOLDERS = ("portal", "courses", "labs", "search")


def prepare_data(paths: Paths, account: Account) -> None:
    """Run every step, in order, when code, data or database differ from those of the last complete run."""
    say("catalogs")
    compile_all(paths.root)
    stamp, digest = paths.var / STAMP, fingerprint(paths)
    if is_prepared(paths, digest):
        say("data_unchanged")
        return
    stamp.unlink(missing_ok=True)
    if paths.demo:
        paths.without_demo.unlink(missing_ok=True)
    else:
        paths.without_demo.touch()
    for title, command in _steps(paths):
        try:
            run_step(
                title,
                command,
                log=log_file(paths),
                environ=common_environ(paths),
                account=None if "compileall" in command else account,
                cwd=paths.root,
            )
        except StepFailed as error:
            raise Refusal("step_failed", step=title, log=log_file(paths), tail=error) from error
    stamp.write_text(digest, encoding="utf-8")


def _steps(paths: Paths) -> Iterator[tuple[str, list[str | Path]]]:
    """Compile once: the portal's user may not write into the checkout and would at each start."""
    yield text("step_compile"), [paths.portal_python, "-m", "compileall", "-q", *CODE_FOLDERS, "hub_config"]
    for name in (*COMMANDS, CONTENT[paths.demo], INDEX):
        silent = ["--no-input"] if name in ("migrate", "collectstatic") else []
        yield text(f"step_{name}"), [paths.portal_python, "manage.py", name, *silent]


def is_prepared(paths: Paths, digest: str) -> bool:
    """Return whether the last complete run was of the same code and settings and its database is still there."""
    stamp = paths.var / STAMP
    if not paths.database_url and not paths.database_file.exists():
        return False
    return stamp.exists() and stamp.read_text(encoding="utf-8") == digest


def fingerprint(paths: Paths) -> str:
    """Return the digest of all that the steps depend on: settings, and names, sizes and times of the code's files."""
    digest = hashlib.sha256("\n".join((str(paths.root), paths.database_url, paths.search_url)).encode())
    digest.update(f"{paths.portal_url} {paths.hub_url} {paths.lab_origins} {paths.demo}".encode())
    for file in _code_files(paths.root):
        found = file.stat()
        digest.update(f"{file} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _code_files(root: Path) -> Iterator[Path]:
    for folder in (*CODE_FOLDERS, "requirements"):
        for parent, folders, files in os.walk(root / folder):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield from (Path(parent, name) for name in sorted(files) if not name.endswith((".pyc", ".mo")))
