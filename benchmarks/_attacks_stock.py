"""Grades one lab's attacks with stock nbgrader; runs inside the container of `benchmarks/attacks.py` with its python."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

HIDDEN = "313" + "37"
MOST_SECONDS = 60


def listen() -> list[socket.socket]:
    """Offer what the attacks on the network look for."""
    servers = [socket.create_server(("127.0.0.1", 8391)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
    servers[1].bind(("127.0.0.1", 8392))
    for address in ("/course/host.sock", "\0chengxue-bench"):
        servers.append(socket.socket(socket.AF_UNIX))
        servers[-1].bind(address)
        servers[-1].listen()
    return servers


def outputs_of(path: Path) -> str:
    """Return the text that a graded notebook shows."""
    try:
        cells = json.loads(path.read_text())["cells"]
    except (OSError, ValueError):
        return ""
    return json.dumps([cell.get("outputs") for cell in cells])


def graded_in_time(grader: Any, lab: str, name: str) -> bool:
    """Grade one submission in a process of its own; one that never ends is killed with its kernel."""
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            grader.autograde(lab, name, force=True, create=True)
        finally:
            os._exit(0)
    end = time.monotonic() + MOST_SECONDS
    while time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(0.1)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def main(lab: str) -> None:
    """Release the lab, grade every submission of it, and print points and what was read."""
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    Path("home").mkdir(exist_ok=True)
    servers = listen()
    config = Config()
    config.CourseDirectory.root = "/course"
    config.Execute.timeout = 12
    config.ExecutePreprocessor.timeout = 12
    grader = NbGraderAPI(config=config)
    grader.log.setLevel(logging.CRITICAL)
    sys.stdout = sys.stderr
    grader.generate_assignment(lab)
    silent = json.loads(Path("silent.json").read_text())
    found: dict[str, dict[str, Any]] = {}
    for folder in sorted(Path("submitted").glob(f"*/{lab}")):
        name = folder.parent.name
        is_hung = not graded_in_time(grader, lab, name)
        shown = outputs_of(Path("autograded", name, lab, f"{lab}.ipynb"))
        is_found = "found: [" in shown and "found: []" not in shown
        is_read = HIDDEN in shown if name in silent else is_found
        found[name] = {"points": 0.0, "read": is_read, "hung": is_hung}
    with Gradebook("sqlite:////course/gradebook.db") as book:
        for name, each in found.items():
            try:
                each["points"] = float(book.find_submission(lab, name).score)
            # Whatever is missing from stock's record counts as no points.
            except Exception:
                each["points"] = 0.0
    for server in servers:
        server.close()
    sys.__stdout__.write(json.dumps(found) + "\n")  # type: ignore[union-attr]  # there is one here


if __name__ == "__main__":
    main(sys.argv[1])
