"""`make bench`: runs one file of benchmarks/, whose last line is one JSON document."""

from __future__ import annotations

import os
import subprocess

from portal.installation.environments import ensure_portal
from portal.installation.messages import Refusal
from portal.installation.paths import Paths
from portal.installation.processes import common_environ


def bench(paths: Paths, name: str) -> int:
    """Run the benchmark `name`; DATA, when given, is handed to it. Raises Refusal for a name that is not there."""
    names = sorted(file.stem for file in (paths.root / "benchmarks").glob("*.py") if not file.stem.startswith("_"))
    if name not in names:
        raise Refusal("bench_unknown", name=name, names=", ".join(names))
    ensure_portal(paths)
    data = os.environ.get("DATA")
    arguments = ["--data", data] if data else []
    command = [str(paths.portal_python), "-m", f"benchmarks.{name}", *arguments]
    return subprocess.run(command, cwd=paths.root, env=common_environ(paths), check=False).returncode
