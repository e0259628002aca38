"""What slow clients cost everybody else: the portal's server process beside gunicorn's threads, in the same run.

    make bench NAME=overload

Both serve the same bare Django, with two processes of four threads each; `labs` is the labs' interface, a unix socket
with one process of eight threads, two for each lab. A stranger at 127.0.0.2 (or in another lab) holds 1,000 half-sent
heads, then 1,000 half-sent bodies, then 200 unread answers of 8 MiB, while somebody at 127.0.0.3 (or in another lab) asks for a page every
50 ms with a patience of 5 s. The last line is JSON: seconds of the 95th hundredth, and what share was answered at all.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STRANGER, NEIGHBOR = "127.0.0.2", "127.0.0.3"
SLOW, READERS, ASKED, PATIENCE_S = 1000, 200, 100, 5.0
NUMBERS = itertools.count()

APPLICATION = """
from django.conf import settings
settings.configure(SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)
from django.http import HttpResponse
from django.urls import path
urlpatterns = [
    path("", lambda request: HttpResponse("hello")),
    path("take", lambda request: HttpResponse(str(len(request.body)))),
    path("large", lambda request: HttpResponse(b"x" * (8 << 20))),
]
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
OURS = """
import socket, sys
from large import application
from portal.serving.callers import by_address
from portal.serving.family import keep
from portal.serving.limits import Limits
from portal.serving.server import Process
listener = socket.socket(fileno=int(sys.argv[1]))
limits = Limits(threads=4, threads_per_caller=3, strangers_body=64 << 20)
sys.exit(keep(2, lambda: Process(application, [listener], limits, by_address, lambda _: True).run(), 5))
"""


LABS = """
import socket, sys
from large import application
from portal.serving.family import keep
from portal.serving.limits import Limits
from portal.serving.server import Process
listener = socket.socket(fileno=int(sys.argv[1]))
listener.setblocking(False)
limits = Limits(threads=8, threads_per_caller=2, connections_per_caller=32, strangers_body=64 << 20)
# In earnest the kernel says whose lab it is (labs.hub.places); here the caller's own name does.
lab = lambda connection: bytes(connection.getpeername() or b"")[:10] or None
sys.exit(keep(1, lambda: Process(application, [listener], limits, lab, lambda _: True).run(), 5))
"""

Door = int | str
"""A port, or the path of a unix socket."""


def connect(door: Door, who: str) -> socket.socket:
    """Open a connection as the stranger or the neighbor. Raises OSError."""
    if isinstance(door, int):
        return socket.create_connection(("127.0.0.1", door), PATIENCE_S, (who, 0))
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE_S)
    try:
        connection.bind(f"\0{who[-9:]}-{os.getpid()}-{next(NUMBERS)}")
        connection.connect(door)
    except OSError:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def serving(name: str, folder: Path) -> Iterator[Door]:
    """Start a server and yield where it answers."""
    path = str(folder / "labs.sock")
    with socket.socket(socket.AF_UNIX if name == "labs" else socket.AF_INET) as listener:
        Path(path).unlink(missing_ok=True)
        listener.bind(path if name == "labs" else ("127.0.0.1", 0))
        listener.listen(512)
        number = str(listener.fileno())
        command = {
            "ours": [sys.executable, "-c", OURS, number],
            "labs": [sys.executable, "-c", LABS, number],
            "gunicorn": [
                *(sys.executable, "-m", "gunicorn", "large:application", "-b", f"fd://{number}", "-w", "2"),
                *("-k", "gthread", "--threads", "4", "--log-level", "error", "--no-control-socket"),
            ],
        }[name]
        environ = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"}
        process = subprocess.Popen(command, cwd=folder, env=environ, pass_fds=[listener.fileno()])
        try:
            door: Door = path if name == "labs" else int(listener.getsockname()[1])
            until = time.monotonic() + 30
            while ask(door) is None and time.monotonic() < until:
                time.sleep(0.1)
            yield door
        finally:
            process.terminate()
            process.wait(20)


def ask(door: Door) -> float | None:
    """Ask for a page as somebody else; return the seconds until it is there, None without an answer."""
    began = time.monotonic()
    try:
        with connect(door, NEIGHBOR) as connection:
            connection.settimeout(PATIENCE_S)
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            received = b""
            while chunk := connection.recv(4096):
                received += chunk
    except OSError:
        return None
    return time.monotonic() - began if b" 200 " in received.partition(b"\r\n")[0] else None


def hold(door: Door, begin: bytes, drip: bytes, count: int, stop: threading.Event) -> None:
    """Open connections that say `begin` and then a drip every five seconds; what the server ends is opened again."""
    held: list[socket.socket] = []
    while not stop.is_set():
        while len(held) < count and not stop.is_set():
            try:
                connection = connect(door, STRANGER)
                connection.settimeout(2)
                connection.sendall(begin)
            except OSError:
                break
            held.append(connection)
        alive = []
        for connection in held:
            try:
                if drip:
                    connection.sendall(drip)
                alive.append(connection)
            except OSError:
                connection.close()
        held = alive
        stop.wait(5)
    for connection in held:
        connection.close()


ATTACKS: dict[str, tuple[bytes, bytes, int]] = {
    "heads": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ", b"a", SLOW),
    "bodies": (b"POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", b"a", SLOW),
    "readers": (b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n", b"", READERS),
}


def under(door: Door, attack: Callable[[threading.Event], None] | None) -> dict[str, float]:
    """Return how somebody else is served while `attack` runs."""
    stop = threading.Event()
    thread = threading.Thread(target=attack, args=(stop,)) if attack else None
    if thread:
        thread.start()
        time.sleep(8)
    asked = ASKED if ask(door) is not None else 10
    seconds = []
    for _ in range(asked):
        seconds.append(ask(door))
        time.sleep(0.05)
    stop.set()
    if thread:
        thread.join()
    answered = sorted(one for one in seconds if one is not None)
    p95 = statistics.quantiles(answered, n=20)[-1] if len(answered) > 1 else PATIENCE_S
    return {"p95_s": round(p95, 4), "answered": round(len(answered) / len(seconds), 2)}


def main() -> None:
    """Measure and print."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(16_384, hard) if hard > 0 else 16_384, hard))
    found: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "large.py").write_text(APPLICATION)
        for name in ("gunicorn", "ours", "labs"):
            found[name] = {}
            for kind in ("quiet", *ATTACKS):
                with serving(name, Path(folder)) as door:
                    begin = ATTACKS.get(kind)
                    attack = None if begin is None else lambda stop, b=begin, d=door: hold(d, *b, stop)
                    found[name][kind] = under(door, attack)
                print(f"{name:9} {kind:8} {found[name][kind]}", flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
