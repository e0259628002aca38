"""Data from the web: `url:https://…`, from allowed hosts only, never from a private address.

The address that was checked is the address that is connected to, so a name that answers differently the second time
gains nothing; every redirect is checked in the same way.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from .problems import ImportProblem

MOST_REDIRECTS = 5
SILENCE_S = 20
CHUNK = 1 << 16
REDIRECTS = (301, 302, 303, 307, 308)

Resolver = Callable[[str, int], Iterable[str]]
AddressCheck = Callable[[str], bool]


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet, also behind IPv6's ways of writing IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Fetcher:
    """What may be fetched, and how."""

    hosts: Sequence[str]
    most_bytes: int
    most_seconds: float = 600.0
    schemes: Sequence[str] = ("https",)
    resolver: Resolver = resolve
    is_allowed: AddressCheck = is_public
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def fetch(self, address: str, target: Path) -> str:
        """Write what lies at `url:…` to `target` and return its file name. Raises ImportProblem."""
        url, end = address.removeprefix("url:"), time.monotonic() + self.most_seconds
        for _ in range(MOST_REDIRECTS + 1):
            found = self._step(url, target, end)
            if found is None:
                return unquote(Path(urlsplit(url).path).name) or "download"
            url = urljoin(url, found)
        raise ImportProblem(f"{url}：重定向过多。", f"{url}: too many redirects.")

    def _step(self, url: str, target: Path, end: float) -> str | None:
        """Fetch one address; the next one when it redirects, None when it is done."""
        host, port, path, is_encrypted = self._parts(url)
        connection = _Pinned(host, port, self._checked(host, port), self.context if is_encrypted else None)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "identity", "User-Agent": "chengxue-importer"})
            answer = connection.getresponse()
            if answer.status in REDIRECTS and (location := answer.headers.get("Location")):
                return location
            if answer.status != 200:
                raise ImportProblem(f"{url} 返回 {answer.status}。", f"{url} answered {answer.status}.")
            self._save(answer, target, url, end)
        except (OSError, http.client.HTTPException) as problem:
            raise ImportProblem(f"{url} 取不到（{problem}）。", f"{url} could not be fetched ({problem}).") from problem
        finally:
            connection.close()
        return None

    def _parts(self, url: str) -> tuple[str, int, str, bool]:
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError as problem:
            raise ImportProblem(f"{url[:200]}：不是有效的网址。", f"{url[:200]}: no valid address.") from problem
        if parts.scheme not in self.schemes or not host or parts.username is not None:
            schemes = ", ".join(self.schemes)
            raise ImportProblem(
                f"{url[:200]}：只接受 {schemes} 网址。", f"{url[:200]}: only {schemes} addresses are taken."
            )
        if host not in self.hosts:
            raise ImportProblem(
                f"主机 {host} 不在允许的名单中（设置 DATASET_URL_HOSTS）。",
                f"The host {host} is not on the list of allowed hosts (setting DATASET_URL_HOSTS).",
            )
        is_encrypted = parts.scheme == "https"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return host, port or (443 if is_encrypted else 80), path, is_encrypted

    def _checked(self, host: str, port: int) -> str:
        """Return an address of the host, when all of them are public: one private address is an attempt."""
        try:
            addresses = list(self.resolver(host, port))
        except OSError as problem:
            raise ImportProblem(f"找不到主机 {host}。", f"The host {host} was not found.") from problem
        if not addresses or not all(self.is_allowed(address) for address in addresses):
            raise ImportProblem(
                f"主机 {host} 指向内部网络地址，没有连接。",
                f"The host {host} leads to a private address; nothing was fetched.",
            )
        return addresses[0]

    def _save(self, answer: http.client.HTTPResponse, target: Path, url: str, end: float) -> None:
        size = 0
        with target.open("wb") as file:
            while chunk := answer.read1(CHUNK):
                size += len(chunk)
                if size > self.most_bytes:
                    most = self.most_bytes >> 20
                    raise ImportProblem(f"{url} 超过上限 {most} MB。", f"{url} is larger than the limit of {most} MB.")
                if time.monotonic() > end:
                    raise ImportProblem(f"{url} 下载超时。", f"{url} took too long.")
                file.write(chunk)
        if answer.length:
            raise ImportProblem(f"{url} 传输中断。", f"{url} broke off.")


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address, under the host's name."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=SILENCE_S)
        self._address, self._context = address, context

    def connect(self) -> None:
        """Connect to the checked address; the certificate is that of the host."""
        self.sock = socket.create_connection((self._address, self.port), timeout=self.timeout)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)
