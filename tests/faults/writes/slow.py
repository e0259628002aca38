"""Clients that never get on: a thousand of them in one thread."""

from __future__ import annotations

import contextlib
import resource
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator

Connect = Callable[[], socket.socket]
DRIP_EVERY_S = 5.0


def allow_many_files() -> None:
    """Allow as many files as connections: a thousand."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(16_384, hard) if hard > 0 else 16_384, hard))


def tcp(port: int, address: str) -> Connect:
    """Return connections from an address of this machine."""

    def connect() -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), 5, (address, 0))

    return connect


def unix(path: str) -> Connect:
    """Return connections to a socket."""

    def connect() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(5)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
            raise
        return connection

    return connect


@contextlib.contextmanager
def slow_clients(connects: list[Connect], said: bytes, drip: bytes, count: int) -> Iterator[list[int]]:
    """Hold `count` connections that said something and go on drop by drop; the list tells how many are held."""
    held: list[socket.socket] = []
    number, is_over = [0], threading.Event()

    def hold() -> None:
        while not is_over.is_set():
            while len(held) < count and not is_over.is_set():
                try:
                    connection = connects[len(held) % len(connects)]()
                except OSError:
                    break
                if _goes_on(connection, said):
                    held.append(connection)
            held[:] = [connection for connection in held if _goes_on(connection, drip)]
            number[0] = len(held)
            is_over.wait(DRIP_EVERY_S)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        until = time.monotonic() + 60
        while number[0] < count * 0.9 and time.monotonic() < until:
            time.sleep(0.2)
        yield number
    finally:
        is_over.set()
        thread.join()
        for connection in held:
            connection.close()


def _goes_on(connection: socket.socket, drip: bytes) -> bool:
    try:
        if drip:
            connection.sendall(drip)
    except OSError:
        connection.close()
        return False
    return True


def p95(ask: Callable[[], float], times: int = 40) -> float:
    """Seconds of the 95th hundredth."""
    seconds = []
    for _ in range(times):
        seconds.append(ask())
        time.sleep(0.05)
    return statistics.quantiles(seconds, n=20)[-1]
