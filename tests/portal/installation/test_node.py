"""A command that comes as an npm package is there from its lock, or not at all; nobody who runs the site needs Biome."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from portal.installation.messages import Refusal
from portal.installation.node import NodeCommand, ensure_node_command
from portal.installation.paths import ROOT, Paths

NODE = '#!/bin/sh\n[ "$1" = --version ] && echo v22.1.0 || cat "$1"\n'
NPM = "#!/bin/sh\nmkdir -p node_modules/thing && echo found > node_modules/thing/run && echo once >> ../asked\n"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Return an empty installation."""
    return Paths.from_environment({"VAR_DIR": str(tmp_path / "var")})


@pytest.fixture
def thing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NodeCommand:
    """Return a package of a machine whose Node and npm are small scripts."""
    tools, source, folder = tmp_path / "tools", tmp_path / "source", tmp_path / "environments" / "thing"
    for name, text in (("node", NODE), ("npm", NPM)):
        write(tools / name, text)
        (tools / name).chmod(0o755)
    for name in ("package.json", "package-lock.json"):
        write(source / name, "{}")
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.delenv("BUNDLE", raising=False)
    return NodeCommand("thing", source, folder, folder / "bin" / "thing", "thing/run", "npm/node_modules")


def write(file: Path, text: str) -> None:
    """Write `file` and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def test_it_is_installed_once_for_a_lock(paths: Paths, thing: NodeCommand) -> None:
    ensure_node_command(paths, thing)
    ensure_node_command(paths, thing)

    assert subprocess.run([thing.command], capture_output=True, text=True, check=True).stdout == "found\n"
    assert (thing.folder.parent / "asked").read_text("utf-8") == "once\n"

    write(thing.source / "package-lock.json", "{ }")
    ensure_node_command(paths, thing)
    assert (thing.folder.parent / "asked").read_text("utf-8") == "once\nonce\n"


def test_a_failed_installation_leaves_nothing(paths: Paths, thing: NodeCommand, tmp_path: Path) -> None:
    write(tmp_path / "tools" / "npm", "#!/bin/sh\nmkdir node_modules\nexit 1\n")

    with pytest.raises(Refusal):
        ensure_node_command(paths, thing)

    assert not thing.folder.exists()


def test_a_bundle_brings_the_packages(
    paths: Paths, thing: NodeCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "bundle" / "npm" / "node_modules" / "thing" / "run", "brought\n")
    monkeypatch.setenv("BUNDLE", str(tmp_path / "bundle"))

    ensure_node_command(paths, thing)

    assert subprocess.run([thing.command], capture_output=True, text=True, check=True).stdout == "brought\n"
    assert not (thing.folder.parent / "asked").exists()


@pytest.mark.parametrize("folder", ["hub_config/proxy", "requirements/biome"])
def test_locks_pin_every_byte_and_name_no_registry(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))
    asked = json.loads((ROOT / folder / "package.json").read_text("utf-8"))["dependencies"]
    packages = {place: entry for place, entry in lock["packages"].items() if place}

    assert lock["packages"][""]["dependencies"] == asked
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in asked.items())
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not [place for place, entry in packages.items() if "resolved" in entry]


def test_what_runs_does_not_ask_for_biome() -> None:
    files = (ROOT / "portal" / "installation").glob("*.py")
    asking = {file.name for file in files if "biome_command" in file.read_text("utf-8")}

    assert asking == {"paths.py", "development.py"}
