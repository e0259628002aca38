"""Runs one step of the installation: its output goes to a log, its end to the person."""

from __future__ import annotations

import errno
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.installation.messages import Refusal, text, write
from portal.installation.people import Account, identity

TAIL_LINES = 12
FULL_BELOW_BYTES = 20 * 1024 * 1024


class StepFailed(Exception):
    """A command of a step ended with an error."""


def run_step(
    title: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environ: Mapping[str, str],
    account: Account | None = None,
    cwd: Path | None = None,
) -> None:
    """Run `command`, as `account` when given, and say how long it took.

    Raises Refusal for a full disk, StepFailed with the end of the log otherwise.
    """
    begun = time.monotonic()
    write(f"  … {title}")
    start = log.stat().st_size if log.exists() else 0
    try:
        with log.open("ab") as output:
            output.write(f"\n== {time.strftime('%Y-%m-%d %H:%M:%S')} {' '.join(map(str, command))}\n".encode())
            output.flush()
            done = subprocess.run(
                [str(part) for part in command],
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **identity(account),
            )
    except OSError as error:
        refuse_when_full(error, log.parent)
        raise StepFailed(str(error)) from error
    if done.returncode:
        said = tail_of(log, start)
        if "No space left on device" in said or is_full(log.parent):
            raise Refusal("disk_full", folder=log.parent)
        raise StepFailed(said)
    write("  ✓ " + text("seconds", text=title, seconds=f"{time.monotonic() - begun:.1f}"))


def refuse_when_full(error: OSError, folder: Path) -> None:
    """Raise Refusal when `error` says that the disk is full."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise Refusal("disk_full", folder=folder) from error


def is_full(folder: Path) -> bool:
    """Return whether the disk under `folder` has practically nothing left."""
    return shutil.disk_usage(folder).free < FULL_BELOW_BYTES


def tail_of(log: Path, start: int = 0, lines: int = TAIL_LINES) -> str:
    """Return the last lines of `log` written since byte `start`."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(start, size - 16_384))
            found = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in found[-lines:])
