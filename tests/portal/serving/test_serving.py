"""The web server process with real connections: what slow and greedy callers can hold of it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.serving.callers import CONNECTION, by_address
from portal.serving.limits import Limits
from portal.serving.server import Process

pytestmark = pytest.mark.slow
GREEDY, NEIGHBOR = "127.0.0.2", "127.0.0.3"


OPENED: list[socket.socket] = []


@pytest.fixture(autouse=True)
def close_what_was_opened() -> Iterator[None]:
    """Leave no connection open."""
    yield
    while OPENED:
        OPENED.pop().close()


class Site:
    """A small application that notes what reaches it."""

    def __init__(self) -> None:
        self.bodies: list[int] = []
        self.connections: list[Any] = []
        self.gate = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.connections.append(environ.get(CONNECTION))
        self.bodies.append(len(environ["wsgi.input"].read()))
        if environ["PATH_INFO"] == "/wait":
            self.gate.wait(10)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"x" * (32 << 20)] if environ["PATH_INFO"] == "/large" else [b"served"]


@contextlib.contextmanager
def serving(site: Site, limits: Limits, caller_of: Callable[[Any], Any] = by_address) -> Iterator[tuple[int, Process]]:
    """Serve in a thread; yield port and process."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        listener.setblocking(False)
        process = Process(site, [listener], limits, caller_of, lambda headers: "COOKIE" in headers)
        thread = threading.Thread(target=process.serve)
        thread.start()
        try:
            yield listener.getsockname()[1], process
        finally:
            site.gate.set()
            process.end()
            thread.join(15)


def connect(port: int, said: bytes, of: str = GREEDY) -> socket.socket:
    """Open a connection and say something."""
    connection = socket.create_connection(("127.0.0.1", port), 10, (of, 0))
    OPENED.append(connection)
    connection.sendall(said)
    return connection


def answer(connection: socket.socket) -> bytes:
    """Return all that comes until the server closes; nothing when it just closes."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(65536):
            received += chunk
    connection.close()
    return received


def get(port: int, path: str = "/", of: str = NEIGHBOR, headers: str = "") -> bytes:
    """Ask for a page."""
    return answer(connect(port, f"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}\r\n".encode(), of))


def post(length: int, headers: str = "") -> bytes:
    """Return the head of a request with a body."""
    return f"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n{headers}\r\n".encode()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that the loop does next."""
    until = time.monotonic() + 10
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    assert is_so()


def test_a_request_reaches_the_site_whole() -> None:
    site = Site()
    with serving(site, Limits()) as (port, _):
        slow = connect(port, post(6) + b"abc")
        assert b"served" in get(port)
        assert site.bodies == [0]
        slow.sendall(b"def")
        wait_until(lambda: site.bodies == [0, 6])
        slow.close()


def test_half_a_head_is_not_waited_for() -> None:
    with serving(Site(), Limits(head_s=1)) as (port, _):
        assert answer(connect(port, b"GET / HTTP/1.1\r\nHost")) == b""


def test_dripping_does_not_keep_a_head_open() -> None:
    with serving(Site(), Limits(head_s=1)) as (port, _):
        slow = connect(port, b"GET / HTTP/1.1\r\nX: ")

        def drip() -> bool:
            try:
                slow.sendall(b"a")
            except OSError:
                return True
            return False

        wait_until(drip)
        slow.close()


def test_an_idle_connection_is_closed_and_a_used_one_kept() -> None:
    with serving(Site(), Limits(idle_s=3)) as (port, _):
        used = connect(port, b"")
        for _ in range(4):
            used.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            received = b""
            while b"served" not in received:
                chunk = used.recv(65536)
                assert chunk
                received += chunk
            time.sleep(0.7)
        assert answer(used) == b""


def test_a_body_that_is_too_slow_is_told_so_in_both_languages() -> None:
    site = Site()
    with serving(site, Limits(grace_s=1, slowest=1000)) as (port, _):
        said = answer(connect(port, post(5000) + b"abc")).decode()

    assert said.startswith("HTTP/1.1 408 ")
    assert "没有保存任何内容" in said
    assert "Nothing was saved" in said
    assert site.bodies == []


def test_a_body_that_keeps_the_pace_is_waited_for() -> None:
    site = Site()
    with serving(site, Limits(grace_s=1, slowest=100)) as (port, _):
        steady = connect(port, post(4000, "Connection: close\r\n"))
        for _ in range(20):
            steady.sendall(b"a" * 200)
            time.sleep(0.2)
        assert b"served" in answer(steady)
    assert site.bodies == [4000]


def test_readers_who_do_not_read_hold_no_thread_and_are_given_up() -> None:
    with serving(Site(), Limits(threads=2, grace_s=2, slowest=1 << 30)) as (port, process):
        readers = [connect(port, b"GET /large HTTP/1.1\r\nHost: h\r\n\r\n") for _ in range(4)]
        assert b"served" in get(port)
        wait_until(lambda: not any(server.active_channels for server in process._servers))
        assert all(0 < len(answer(reader)) < 32 << 20 for reader in readers)


def test_strangers_send_little() -> None:
    site = Site()
    with serving(site, Limits(strangers_body=10, body=100)) as (port, _):
        assert b" 413 " in answer(connect(port, post(11)))
        assert "太大".encode() in answer(connect(port, post(11)))
        assert b"served" in answer(connect(port, post(10, "Connection: close\r\n") + b"a" * 10))
        assert b"served" in answer(connect(port, post(100, "Connection: close\r\nCookie: s=1\r\n") + b"a" * 100))
        assert b" 413 " in answer(connect(port, post(101, "Cookie: s=1\r\n")))
    assert site.bodies == [10, 100]


def test_a_chunked_body_of_a_stranger_is_limited_too() -> None:
    site = Site()
    with serving(site, Limits(strangers_body=10)) as (port, _):
        head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert b" 413 " in answer(connect(port, head + b"14\r\n" + b"a" * 20 + b"\r\n0\r\n\r\n"))
    assert site.bodies == []


def test_one_connection_too_many_ends_the_callers_own_longest_waiting() -> None:
    site = Site()
    with serving(site, Limits(connections_per_caller=3)) as (port, _):
        others = connect(port, b"", NEIGHBOR)
        working = connect(port, b"GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        wait_until(lambda: len(site.bodies) == 1)
        oldest, newer = connect(port, b"GET"), connect(port, b"GET")
        newest = connect(port, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        assert answer(oldest) == b""
        assert b"served" in answer(newest)
        site.gate.set()
        assert b"served" in answer(working)
        newer.sendall(b" / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        assert b"served" in answer(newer)
        others.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        assert b"served" in answer(others)


def test_when_all_places_are_taken_whoever_holds_most_gives_one() -> None:
    with serving(Site(), Limits(connections=6, connections_per_caller=5)) as (port, _):
        held = [connect(port, b"GET") for _ in range(5)]
        single = connect(port, b"GET", "127.0.0.4")
        assert b"served" in get(port)
        assert answer(held[0]) == b""
        single.sendall(b" / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        assert b"served" in answer(single)


def test_one_callers_requests_leave_a_thread_for_others() -> None:
    site = Site()
    with serving(site, Limits(threads=3, threads_per_caller=2)) as (port, _):
        waiting = [connect(port, b"GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n") for _ in range(6)]
        wait_until(lambda: len(site.bodies) == 2)
        assert b"served" in get(port)
        assert len(site.bodies) == 3
        site.gate.set()
        assert all(b"served" in answer(one) for one in waiting)
    assert len(site.bodies) == 7


def test_a_caller_whom_nobody_can_name_is_served_and_the_listener_stays() -> None:
    def fail(_: Any) -> None:
        raise RuntimeError("who?")

    with serving(Site(), Limits(), fail) as (port, _):
        for _ in range(3):
            assert b"served" in get(port)


def test_the_site_is_handed_the_connection_which_no_header_forges() -> None:
    site = Site()
    with serving(site, Limits()) as (port, _):
        get(port, headers=f"{CONNECTION}: 1\r\n")
    assert [type(one) for one in site.connections] == [socket.socket]


def test_a_request_under_way_is_answered_when_the_process_ends() -> None:
    site = Site()
    with serving(site, Limits()) as (port, process):
        working = connect(port, b"GET /wait HTTP/1.1\r\nHost: h\r\n\r\n")
        idle = connect(port, b"")
        wait_until(lambda: len(site.bodies) == 1)
        process.end()
        assert answer(idle) == b""
        site.gate.set()
        assert b"served" in answer(working)


@pytest.mark.parametrize(
    "garbage", [b"\0\1\2\r\n\r\n", b"GET / HTTP/1.1\r\nX Y: 1\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
)
def test_garbage_is_refused_in_words(garbage: bytes) -> None:
    with serving(Site(), Limits()) as (port, _):
        said = answer(connect(port, garbage)).decode()
    assert said.startswith(("HTTP/1.0 400 ", "HTTP/1.1 400 "))
    assert "请求不完整" in said


def test_an_endless_head_is_refused() -> None:
    with serving(Site(), Limits()) as (port, _):
        assert b" 431 " in get(port, headers=f"X: {'a' * (70 << 10)}\r\n")
