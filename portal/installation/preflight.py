"""Finds out whether this machine can carry the installation, and says the cure when it cannot."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from portal.installation.addresses import require_addresses
from portal.installation.messages import Refusal, say
from portal.installation.paths import Paths
from portal.installation.ports import require_free_ports
from portal.installation.sandbox import require_sandbox

OLDEST_PYTHON = (3, 11)
MEGABYTE = 1024 * 1024
FIRST_START_MB = 3500
LATER_START_MB = 300
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def check_machine(paths: Paths, *, first: bool) -> None:
    """Check everything that the processes need, in the order in which a person can mend it.

    Raises Refusal with the cure; when root, missing Debian packages are installed instead.
    """
    say("checking")
    require_proxy_count(paths.portal_url, os.environ)
    require_python(sys.version_info[:3])
    require_packages(RUNTIME_NEEDS)
    require_disk(paths.var, FIRST_START_MB if first else LATER_START_MB)
    if os.geteuid() == 0:
        require_passable([paths.var, paths.root, paths.runtime])
    require_addresses(paths.portal_url, paths.hub_url, paths.lab_origins)
    require_free_ports(paths)
    require_sandbox(insecure=os.environ.get("CHENGXUE_INSECURE_LABS") == "1")


def require_proxy_count(portal_url: str, environ: Mapping[str, str]) -> None:
    """Raise Refusal behind https when nobody said how many proxies stand in front, or said no number.

    Something in front ends https. Uncounted, it would be the one address of everybody, and guesses anywhere would
    count against the whole province; counted too high, callers could choose their own address.
    """
    count = environ.get("TRUSTED_PROXY_COUNT", "")
    if count and not (count.isascii() and count.isdigit() and int(count) < 10):
        raise Refusal("proxy_count_wrong", count=count)
    if not count and portal_url.startswith("https://"):
        raise Refusal("proxy_count_missing", url=portal_url)


def require_python(found: tuple[int, ...]) -> None:
    """Raise Refusal when the running Python is too old."""
    if found[:2] < OLDEST_PYTHON:
        raise Refusal("python_old", found=".".join(map(str, found)))


def system_python() -> str:
    """Return the interpreter for every environment: the distribution's, which all users can read."""
    candidate = "/usr/bin/python3"
    if os.access(candidate, os.X_OK):
        asked = subprocess.run(
            [candidate, "-c", "import sys, venv; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 0 and tuple(map(int, asked.stdout.split())) >= OLDEST_PYTHON:
            return candidate
    if os.geteuid() == 0:
        require_passable([Path(sys.base_prefix)])
    return sys.executable


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_chinese_font() -> bool:
    for folder in FONT_FOLDERS:
        for _, _, files in os.walk(Path(folder).expanduser()):
            if any("CJK" in name for name in files):
                return True
    return False


def _has_ensurepip() -> bool:
    if shutil.which("uv"):
        return True
    code = "import ensurepip, venv"
    return subprocess.run([system_python(), "-c", code], capture_output=True, check=False).returncode == 0


Need = tuple[str, Callable[[], bool]]

RUNTIME_NEEDS: list[Need] = [
    ("bubblewrap", lambda: shutil.which("bwrap") is not None),
    ("python3-venv", _has_ensurepip),
    ("libpango-1.0-0", lambda: _has_library("libpango-1.0.so.0")),
    ("libpangoft2-1.0-0", lambda: _has_library("libpangoft2-1.0.so.0")),
    ("libharfbuzz-subset0", lambda: _has_library("libharfbuzz-subset.so.0")),
    ("fonts-noto-cjk", _has_chinese_font),
]

TEST_NEEDS: list[Need] = [
    ("chromium", lambda: shutil.which("chromium") is not None),
    ("postgresql", lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))),
]

CATALOG_NEEDS: list[Need] = [("gettext", lambda: shutil.which("xgettext") is not None)]


def require_packages(needs: Iterable[Need]) -> None:
    """Install the missing system packages when root, else raise Refusal with the one command to run."""
    needs = list(needs)
    missing = [package for package, is_there in needs if not is_there()]
    if not missing:
        return
    install = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    say("packages_missing", packages=" ".join(missing))
    if not shutil.which("apt-get"):
        raise Refusal("packages_other", packages=" ".join(missing))
    if os.geteuid() != 0:
        raise Refusal("packages_command", command=f"sudo sh -c 'apt-get update && {install}'")
    say("packages_installing", packages=" ".join(missing))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update", install):
        done = subprocess.run(
            command.split(), env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )
        # An unreachable source may leave a list that is still good enough, so only the last step decides.
        if done.returncode and command == install:
            raise Refusal("packages_failed", command=install)
    if any(not is_there() for _, is_there in needs):
        raise Refusal("packages_failed", command=install)


def require_disk(folder: Path, need_mb: int) -> None:
    """Raise Refusal when the disk that will hold `folder` has less than `need_mb` left."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free_mb = shutil.disk_usage(existing).free // MEGABYTE
    if free_mb < need_mb:
        raise Refusal("disk_low", folder=folder, free=free_mb, need=need_mb)


def require_passable(folders: Iterable[Path]) -> None:
    """Raise Refusal when a parent of one of `folders` keeps other users out."""
    for folder in folders:
        for parent in reversed(folder.parents):
            if parent.exists() and not parent.stat().st_mode & stat.S_IXOTH:
                raise Refusal("unreachable", folder=parent)
    checkout = Path(__file__).resolve().parents[2]
    if not checkout.stat().st_mode & stat.S_IXOTH:
        raise Refusal("unreachable", folder=checkout)
