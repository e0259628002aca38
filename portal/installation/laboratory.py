"""Builds what surrounds the portal: the hub's environment, the trainees' environment and the proxy."""

from __future__ import annotations

import hashlib
import importlib
import shutil
import subprocess
from pathlib import Path

from portal.installation.environments import ensure_environment
from portal.installation.node import NodeCommand, ensure_node_command
from portal.installation.paths import Paths
from portal.installation.preflight import system_python

PARTS_STAMP = ".parts-from"

# jsonschema imports this package when it is there; it compiles 38 grammars in every Jupyter process (over 1 s)
# for a format that no Jupyter schema uses. Absence is allowed for, so each interpreter pretends it.
WITHOUT_RFC3987 = 'import sys; sys.modules.setdefault("rfc3987_syntax", None)\n'


def ensure_hub(paths: Paths) -> None:
    """Build the environment of the JupyterHub."""
    ensure_environment(paths, "hub", paths.hub_environment, paths.root / "requirements" / "hub.txt")


def ensure_lab(paths: Paths) -> None:
    """Build the environment that trainees work in and refresh our own parts in it."""
    built = ensure_environment(paths, "lab", paths.lab_environment, paths.root / "requirements" / "lab.txt")
    digest = parts_digest(paths.root)
    stamp = paths.lab_environment / PARTS_STAMP
    if not built and stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    stamp.unlink(missing_ok=True)
    install_parts(paths.root, paths.lab_environment)
    stamp.write_text(digest, encoding="utf-8")


def parts_digest(root: Path) -> str:
    """Return the digest of our own files that the trainees' environment holds."""
    digest = hashlib.sha256(str(root).encode())
    for folder in (root / "hub_config" / "lab", root / "labs" / "grader"):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(root)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def install_parts(root: Path, environment: Path) -> None:
    """Put the grader, the Lab's extensions and the start-up speed-up into the trainees' environment."""
    site = site_packages(environment)
    (site / "without_rfc3987.pth").write_text(WITHOUT_RFC3987, encoding="utf-8")
    grader = site / "chengxue_grader"
    copy_grader(root, grader)
    importlib.import_module("hub_config.lab.install").install(environment)
    # Labs stand behind the same filter of system calls as the grader; the hub reads it as a file, since it imports neither.
    made = environment / "share" / "chengxue" / "system-calls.bpf"
    made.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([system_python(), "-I", grader / "engine" / "inside" / "seccomp.py", made], check=True)


def copy_grader(root: Path, target: Path) -> None:
    """Put engine and protocol in the place of an earlier copy; the client speaks for Django, which is not there."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(root / "labs" / "grader", target, ignore=shutil.ignore_patterns("__pycache__", "client.py"))


def site_packages(environment: Path) -> Path:
    """Return the folder of packages of `environment`."""
    return next((environment / "lib").glob("python3.*")) / "site-packages"


def ensure_proxy(paths: Paths) -> None:
    """Install configurable-http-proxy from its lock and write a command that knows its Node."""
    ensure_node_command(
        paths,
        NodeCommand(
            name="proxy",
            source=paths.root / "hub_config" / "proxy",
            folder=paths.proxy_environment,
            command=paths.proxy_command,
            script="configurable-http-proxy/bin/configurable-http-proxy",
            bundled="npm/node_modules",
        ),
    )
