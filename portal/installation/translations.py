"""Extracts messages into the catalogs and finds those that a catalog lacks; needs gettext's tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from portal.installation.catalogs import catalog_files, compile_all, incomplete, parse
from portal.installation.environments import ensure_portal
from portal.installation.messages import Refusal, text, write
from portal.installation.paths import Paths
from portal.installation.preflight import CATALOG_NEEDS, require_packages

CATALOG = Path("locale", "zh_Hans", "LC_MESSAGES", "django.po")
SHOWN = 5


def update_catalogs(paths: Paths) -> int:
    """Extract every message into its app's catalog and compile; 1 when something is left to translate."""
    require_packages(CATALOG_NEEDS)
    ensure_portal(paths)
    for folder in translated_folders(paths.root):
        extract(paths, folder, paths.root)
    compile_all(paths.root)
    left = list(_untranslated(paths))
    for line in left:
        write(line)
    return 1 if left else 0


def check_catalogs(paths: Paths) -> str:
    """Return what is untranslated, or in the sources and not in a catalog; nothing when all is complete."""
    require_packages(CATALOG_NEEDS)
    problems = list(_untranslated(paths))
    with tempfile.TemporaryDirectory(prefix="chengxue-messages-") as scratch:
        copy = Path(scratch) / "root"
        for name in ("portal", "courses", "labs", "search"):
            shutil.copytree(paths.root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        for folder in translated_folders(paths.root):
            relative = folder.relative_to(paths.root)
            extract(paths, copy / relative, copy)
            known, found = _keys(folder / CATALOG), _keys(copy / relative / CATALOG)
            if found - known:
                problems.append(_line(relative / CATALOG, sorted(found - known)))
    return "\n".join(problems)


def translated_folders(root: Path) -> list[Path]:
    """Return every package that keeps a Chinese catalog of its own messages.

    A folder without Python keeps translations of a library's messages: none could be extracted from it.
    """
    folders = [file.parents[3] for file in catalog_files(root) if file.match(str(CATALOG))]
    return [folder for folder in folders if (folder / "__init__.py").is_file()]


def extract(paths: Paths, folder: Path, root: Path) -> None:
    """Extract the messages of `folder` and of what lies below it, but not of folders with their own catalog."""
    nested = [one for one in translated_folders(root) if folder in one.parents]
    ignored = [f"--ignore={one.relative_to(folder)}/*" for one in nested]
    # -P: the folder must not be searched for modules, or portal/queue would stand in for Python's own.
    command = [str(paths.portal_python), "-P", "-m", "django", "makemessages", "--locale", "zh_Hans", "--no-location"]
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [*command, "--no-obsolete", *ignored], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refusal("step_failed", step=f"makemessages {folder.name}", log="-", tail=done.stderr[-800:])


def _untranslated(paths: Paths) -> Iterator[str]:
    for file in catalog_files(paths.root):
        missing = incomplete(file)
        if missing:
            yield _line(file.relative_to(paths.root), missing)


def _keys(file: Path) -> set[str]:
    return {entry.key for entry in parse(file.read_text(encoding="utf-8"))}


def _line(file: Path, missing: list[str]) -> str:
    examples = " · ".join(repr(one) for one in missing[:SHOWN])
    return text("catalog_incomplete", file=file, missing=len(missing), examples=examples)
