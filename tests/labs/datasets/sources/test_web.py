"""Data from the web: allowed hosts, public addresses, limits; a name that changes its mind gains nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from labs.datasets.sources import ImportProblem
from labs.datasets.sources.web import Fetcher, is_public


@dataclass
class Site:
    """A web site of the test."""

    port: int
    asked: list[str] = field(default_factory=list)

    def fetcher(
        self, *hosts: str, most_bytes: int = 1000, most_seconds: float = 5.0, addresses: str = "127.0.0.1"
    ) -> Fetcher:
        """Return a fetcher for which this machine is the public internet."""
        return Fetcher(
            hosts or ("data.example",), most_bytes, most_seconds, schemes=("http",),
            resolver=lambda host, port: [addresses], is_allowed=lambda address: address == "127.0.0.1",
        )  # fmt: skip

    def url(self, path: str, host: str = "data.example") -> str:
        """Return an address of the site."""
        return f"url:http://{host}:{self.port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    """Yield a small web site."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(f"{self.headers['Host']}{self.path}")
            body, status, extra = b"a,b\n1,2\n", 200, {}
            if self.path == "/large":
                body = b"x" * 5000
            elif self.path == "/broken":
                extra = {"Content-Length": "99"}
            elif self.path.startswith("/to/"):
                status, extra = 302, {"Location": self.path.removeprefix("/to/")}
            elif self.path == "/gone":
                status = 404
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | extra).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_allowed_host_is_fetched_under_its_own_name(site: Site, tmp_path: Path) -> None:
    name = site.fetcher().fetch(site.url("/files/%E6%95%B0%E6%8D%AE.csv?x=1"), tmp_path / "in")

    assert name == "数据.csv" and (tmp_path / "in").read_bytes() == b"a,b\n1,2\n"
    assert site.asked == [f"data.example:{site.port}/files/%E6%95%B0%E6%8D%AE.csv?x=1"]


def test_a_redirect_is_checked_like_the_first_address(site: Site, tmp_path: Path) -> None:
    fetcher = site.fetcher()
    fetcher.fetch(site.url(f"/to/http://data.example:{site.port}/x.csv"), tmp_path / "in")

    for place in (
        f"http://evil.example:{site.port}/x",
        "https://data.example/x",
        "file:///etc/passwd",
        "gopher://data.example/",
    ):
        with pytest.raises(ImportProblem):
            fetcher.fetch(site.url(f"/to/{place}"), tmp_path / "in")
    with pytest.raises(ImportProblem, match="redirects"):
        fetcher.fetch(site.url("/to/" * 9 + "x"), tmp_path / "in")


@pytest.mark.parametrize(
    "address",
    [
        "url:http://other.example/x", "url:ftp://data.example/x", "url:http://user@data.example/x", "url:http://[::1/x",
        "url:http:///x", "url:file:///etc/passwd", "url:http://data.example@evil.example/x", "url:http://data.example:x/",
    ],
)  # fmt: skip
def test_other_addresses_are_refused_before_anybody_is_asked(site: Site, tmp_path: Path, address: str) -> None:
    with pytest.raises(ImportProblem):
        site.fetcher().fetch(address, tmp_path / "in")

    assert not site.asked


def test_a_host_that_leads_inside_is_not_connected_to(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="private"):
        site.fetcher(addresses="10.0.0.1").fetch(site.url("/x"), tmp_path / "in")

    assert not site.asked


def test_one_private_address_among_public_ones_is_an_attempt(site: Site, tmp_path: Path) -> None:
    fetcher = Fetcher(
        ("data.example",), 1000, schemes=("http",), resolver=lambda host, port: ["127.0.0.1", "10.0.0.1"],
        is_allowed=lambda address: address == "127.0.0.1",
    )  # fmt: skip

    with pytest.raises(ImportProblem, match="private"):
        fetcher.fetch(site.url("/x"), tmp_path / "in")


def test_a_name_that_changes_its_mind_gains_nothing(site: Site, tmp_path: Path) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    fetcher = Fetcher(
        ("data.example",), 1000, schemes=("http",), resolver=lambda host, port: next(answers),
        is_allowed=lambda address: address == "127.0.0.1",
    )  # fmt: skip
    fetcher.fetch(site.url("/x"), tmp_path / "in")

    # It was asked once, and what was checked is what was connected to.
    assert next(answers) == ["10.0.0.1"] and len(site.asked) == 1


def test_limits_of_size_time_and_honesty(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="larger"):
        site.fetcher().fetch(site.url("/large"), tmp_path / "in")
    with pytest.raises(ImportProblem, match="too long"):
        site.fetcher(most_seconds=-1).fetch(site.url("/x"), tmp_path / "in")
    with pytest.raises(ImportProblem, match=r"broke off|could not be fetched"):
        site.fetcher().fetch(site.url("/broken"), tmp_path / "in")
    with pytest.raises(ImportProblem, match="404"):
        site.fetcher().fetch(site.url("/gone"), tmp_path / "in")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_addresses_in_every_spelling(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_nothing_is_fetched_unless_hosts_are_named(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="DATASET_URL_HOSTS"):
        Fetcher((), 1000).fetch("url:https://data.example/x", tmp_path / "in")
