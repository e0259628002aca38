"""Builds the Python environments from their locks, whole or not at all, and skips what is there already."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.installation.messages import Refusal, say, text
from portal.installation.paths import Paths
from portal.installation.preflight import system_python
from portal.installation.steps import StepFailed, run_step

STAMP = ".built-from"


def ensure_portal(paths: Paths) -> None:
    """Build the environment of portal and development beside the checkout's files."""
    ensure_environment(paths, "portal", paths.portal_environment, paths.root / "requirements" / "development.txt")


def ensure_environment(paths: Paths, name: str, folder: Path, lock: Path) -> bool:
    """Build `folder` from `lock` unless it was built from it already; return whether it was built now.

    An older environment stands aside until the new one is whole, and comes back when building fails.
    """
    stamp = stamp_of(folder, lock)
    with held(folder.parent / f".{folder.name.lstrip('.')}.lock"):
        if is_built(folder, stamp):
            say("environment_ready", name=name)
            return False
        with built_whole(folder):
            tool = "uv" if _uv() else "pip"
            title = text("environment_building", name=name, tool=tool)
            install_log = log_file(paths)
            environ = build_environ()
            try:
                venv = ["-m", "venv", *(["--without-pip"] if _uv() else [])]
                run_step(f"{title}: venv", [system_python(), *venv, folder], log=install_log, environ=environ)
                command = install_command(folder / "bin" / "python", ["-r", str(lock), "--require-hashes"])
                run_step(title, command, log=install_log, environ=environ)
            except StepFailed as error:
                raise Refusal("environment_failed", name=name, log=f"{install_log}\n{error}") from error
            (folder / STAMP).write_text(stamp, encoding="utf-8")
    return True


def install_command(python: Path, what: list[str]) -> list[str]:
    """Return the command that installs `what` into the environment of `python`; the fast tool when it is there."""
    bundle = os.environ.get("BUNDLE")
    offline = ["--no-index", "--find-links", str(Path(bundle).resolve() / "wheels")] if bundle else []
    uv = _uv()
    if uv:
        return [uv, "pip", "install", "--python", str(python), "--compile-bytecode", *offline, *what]
    return [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *offline, *what]


def build_environ() -> dict[str, str]:
    """Return the environment for building: no active virtual environment and no user site may leak in."""
    dropped = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PYTHONNOUSERSITE": "1"}


def log_file(paths: Paths) -> Path:
    """Return the log of everything that the installation runs; it exists before the state folder is laid out."""
    paths.logs.mkdir(parents=True, exist_ok=True)
    return paths.logs / "installation.log"


def stamp_of(folder: Path, *sources: Path) -> str:
    """Return what `folder` would be built from: sources, interpreter and its own place (scripts name it)."""
    digest = hashlib.sha256(f"{folder}\n{system_python()}\n".encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def is_built(folder: Path, stamp: str) -> bool:
    """Return whether `folder` is whole and was built from what `stamp` stands for."""
    try:
        return (folder / STAMP).read_text(encoding="utf-8") == stamp
    except OSError:
        return False


@contextmanager
def built_whole(folder: Path) -> Iterator[None]:
    """Give a free place at `folder`; when the block fails, remove what it left and put the former one back."""
    former = folder.with_name(folder.name + ".former")
    if folder.exists():
        if (folder / STAMP).exists():
            shutil.rmtree(former, ignore_errors=True)
            folder.rename(former)
        else:
            shutil.rmtree(folder)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if former.exists():
            former.rename(folder)
        raise
    shutil.rmtree(former, ignore_errors=True)


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold `lock` so that two starts never build the same folder at once."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("busy_installing", folder=lock.parent)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _uv() -> str | None:
    return shutil.which("uv")
