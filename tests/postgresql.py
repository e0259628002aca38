"""Starts a PostgreSQL of the distribution for the length of one command: `python -m tests.postgresql COMMAND…`.

The server belongs to an unprivileged user, listens on a socket in a folder of its own and forgets everything.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

PORT = 5432
PATIENCE_S = 30


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Yield the DATABASE_URL of an empty server and end it afterwards."""
    identity = unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="chengxue-pg-"))
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    try:
        data = folder / "data"
        initdb = ["initdb", "--username=chengxue", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [program(initdb[0]), *initdb[1:], "-D", data], check=True, stdout=subprocess.DEVNULL, cwd=folder, **identity
        )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "50",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [program("postgres"), "-D", data, *options], cwd=folder, stdout=log, stderr=log, **identity
            )
        try:
            wait_until_ready(server, folder)
            yield f"postgresql://chengxue@{quote(str(folder), safe='')}:{PORT}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(PATIENCE_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def program(name: str) -> str:
    """Return the path of a server program; distributions keep them off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
    return path


def unprivileged() -> dict[str, Any]:
    """Return subprocess's arguments for a user that is not root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Return when the server takes connections; SystemExit with its log when it does not."""
    deadline = time.monotonic() + PATIENCE_S
    asking = [program("pg_isready"), "-q", "-h", str(folder), "-p", str(PORT)]
    while subprocess.run(asking, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit((folder / "log").read_text(encoding="utf-8", errors="replace"))
        time.sleep(0.1)


def main(command: list[str]) -> int:
    """Run `command` with DATABASE_URL pointing to a new server."""
    with running_postgresql() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
