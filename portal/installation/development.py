"""What developers call through the Makefile: tests, checks, translations, migrations, locks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from portal.installation.catalogs import compile_all
from portal.installation.environments import ensure_portal
from portal.installation.messages import Refusal, say, write
from portal.installation.node import NodeCommand, ensure_node_command
from portal.installation.paths import Paths
from portal.installation.preflight import RUNTIME_NEEDS, TEST_NEEDS, require_packages, require_python
from portal.installation.translations import check_catalogs

# These need the running system, a browser or minutes, so they are not part of `make test`.
SLOW_FOLDERS = ("journeys", "contracts", "attacks", "faults")

# The groups are those of tests/conftest.py; more processes than this mostly make databases.
PARALLEL = ("-n", "auto", "--maxprocesses", "8", "--dist", "loadgroup", "--no-loadscope-reorder")

# Where templates, styles and scripts of our own lie.
FRONT_END = ("portal", "courses", "labs", "search", "hub_config")

LOCKS = {
    "portal": ("portal",),
    "hub": ("hub",),
    "lab": ("lab",),
    "node": ("node",),
    "development": ("portal", "development"),
}


def prepare(paths: Paths) -> None:
    """Make the environment of portal and development and compile the translations."""
    require_python(sys.version_info[:3])
    require_packages(RUNTIME_NEEDS)
    ensure_portal(paths)
    compile_all(paths.root)


def prepare_front_end(paths: Paths) -> None:
    """Install what formats and lints styles and scripts: development equipment, so nothing that runs needs it."""
    ensure_node_command(
        paths,
        NodeCommand(
            name="biome",
            source=paths.root / "requirements" / "biome",
            folder=paths.biome_environment,
            command=paths.biome_command,
            script="@biomejs/biome/bin/biome",
        ),
    )


def test(paths: Paths) -> int:
    """Run the tests that need nothing but this environment, on SQLite."""
    prepare(paths)
    return _run(paths, [*pytest_command(paths), *_mirror(), *_extra_arguments()])


def test_all(paths: Paths) -> int:
    """Run every test: the mirror suite on both databases, then those that need the running system."""
    prepare(paths)
    require_packages(TEST_NEEDS)
    on_sqlite = _run(paths, [*pytest_command(paths), *_mirror()])
    on_postgresql = test_postgresql(paths)
    return on_sqlite or on_postgresql or test_running(paths)


def test_postgresql(paths: Paths) -> int:
    """Run the mirror suite on a PostgreSQL that is started for it."""
    prepare(paths)
    require_packages(TEST_NEEDS)
    starter = [str(paths.portal_python), "-m", "tests.postgresql"]
    return _run(paths, [*starter, *pytest_command(paths), *_mirror(), *_extra_arguments()])


def test_running(paths: Paths) -> int:
    """Run journeys, contracts, attacks and faults; they start an installation unless CHENGXUE_RUNNING names one."""
    prepare(paths)
    require_packages(TEST_NEEDS)
    folders = [f"tests/{name}" for name in SLOW_FOLDERS if (paths.root / "tests" / name).is_dir()]
    return _run(paths, [*pytest_command(paths), *folders, *_extra_arguments()])


def check(paths: Paths) -> int:
    """Run every check, two at a time, and show the output of those that fail; 1 when one does."""
    prepare(paths)
    prepare_front_end(paths)
    python = str(paths.portal_python)
    scripts = paths.portal_environment / "bin"
    commands: dict[str, list[str]] = {
        "mypy": [python, "-m", "mypy"],
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "templates": [*djhtml_command(paths), "--check", *FRONT_END],
        "styles and scripts": [str(paths.biome_command), "check", "--colors=off", "--error-on-warnings", *FRONT_END],
        "import contracts": [str(scripts / "lint-imports")],
        "migrations": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "former code on new tables": [python, "-m", "tests.architecture.former_code"],
        "compose file": [*pytest_command(paths), "-q", "tests/architecture/test_compose.py"],
    }
    checks: dict[str, Callable[[], str]] = {
        name: partial(_output_when_failing, paths, command) for name, command in commands.items()
    }
    checks["translations"] = partial(check_catalogs, paths)
    failed = False
    with ThreadPoolExecutor(2) as pool:
        for name, output in zip(checks, pool.map(lambda one: one(), checks.values()), strict=True):
            say("check_failed" if output else "check_passed", name=name)
            if output:
                write(output.rstrip())
                failed = True
    return 1 if failed else 0


def fix(paths: Paths) -> int:
    """Mend what ruff, djhtml and Biome can mend."""
    prepare(paths)
    prepare_front_end(paths)
    python = str(paths.portal_python)
    commands = [
        [python, "-m", "ruff", "check", "--fix", "."],
        [python, "-m", "ruff", "format", "."],
        [*djhtml_command(paths), *FRONT_END],
        [str(paths.biome_command), "check", "--write", *FRONT_END],
    ]
    return max([_run(paths, command) for command in commands])


def migrations(paths: Paths) -> int:
    """Write the migrations that the models need."""
    prepare(paths)
    return _run(paths, [str(paths.portal_python), "manage.py", "makemigrations", *_extra_arguments()])


def locks(paths: Paths) -> int:
    """Resolve the dependencies of pyproject.toml into the locks with hashes."""
    uv = shutil.which("uv")
    if uv is None:
        raise Refusal("tool_missing", tool="uv", command="python3 -m pip install uv")
    for name, extras in LOCKS.items():
        command = [uv, "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11.2"]
        command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
        command += ["--custom-compile-command", "make locks", "--output-file", f"requirements/{name}.txt"]
        for extra in extras:
            command += ["--extra", extra]
        write(f"  … requirements/{name}.txt")
        done = _run(paths, [*command, *_extra_arguments()])
        if done:
            return done
    return 0


def pytest_command(paths: Paths) -> list[str]:
    """Return the command that starts pytest, with a fresh database: tests that commit leave the last one emptied."""
    return [str(paths.portal_python), "-m", "pytest", "--create-db"]


def djhtml_command(paths: Paths) -> list[str]:
    """Return the command that indents templates."""
    return [str(paths.portal_python), "-m", "djhtml", "--tabwidth", "2"]


def _mirror() -> list[str]:
    """Return the suite that mirrors the tree, without the folders that are slow, on every core;
    ARGS=-n0 keeps it in one process."""
    return [*PARALLEL, *(f"--ignore=tests/{name}" for name in SLOW_FOLDERS), "tests"]


def _extra_arguments() -> list[str]:
    return os.environ.get("ARGS", "").split()


def _environ(paths: Paths) -> dict[str, str]:
    path = f"{paths.portal_environment / 'bin'}:{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "CHENGXUE_DATA": str(paths.data)}


def _run(paths: Paths, command: list[str]) -> int:
    return subprocess.run(command, cwd=paths.root, env=_environ(paths), check=False).returncode


def _output_when_failing(paths: Paths, command: list[str]) -> str:
    done = subprocess.run(
        command,
        cwd=paths.root,
        env=_environ(paths),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr or command[0]) if done.returncode else ""
