"""Command line of the engine; finds the lab environment and starts itself again in it when needed."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import NoReturn


def main() -> int:
    """Run in the lab environment, which is where nbgrader and the trainees' libraries are."""
    if importlib.util.find_spec("nbgrader") is None:
        _start_in_lab_environment()
    # jsonschema imports this optional package and spends a second of CPU on grammars that nobody uses here.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # None is how an import is forbidden
    from .commands import run

    return run(sys.argv[1:])


def _start_in_lab_environment() -> NoReturn:
    state = Path(os.environ.get("VAR_DIR", "var"))
    environment = Path(os.environ.get("CHENGXUE_LAB_ENVIRONMENT") or state / "environments" / "lab").absolute()
    python = environment / "bin" / "python"
    if Path(sys.prefix) == environment or not python.exists():
        sys.stderr.write(f"找不到实训环境 {environment}，请先运行 make install。\n")
        sys.stderr.write(f"No lab environment at {environment}; run make install first.\n")
        sys.exit(2)
    package = __package__ or "chengxue_grader"
    root = Path(__file__).resolve().parents[len(package.split("."))]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH", ""))))
    os.execv(python, [str(python), "-m", package, *sys.argv[1:]])  # noqa: S606  # the same program, no shell


if __name__ == "__main__":
    sys.exit(main())
