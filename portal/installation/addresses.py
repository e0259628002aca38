"""Which outside addresses of site, hub and labs keep people apart; the hub's own view of them is hub_config/origins.py.

Only the standard library is used: the check of the machine runs before any environment exists.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from portal.installation.messages import Refusal

ONE, PERSON = "one", "person"
LAB = re.compile(r"u[1-9][0-9]{0,8}")

AddressProblem = tuple[str, dict[str, str]]
"""Key of a sentence of `messages` and what stands in it."""


def labs_domain(hub_url: str) -> str:
    """Return what the names of labs end in: below the hub's name with https, beside it on plain http."""
    host = urlsplit(hub_url).hostname or ""
    return host if hub_url.startswith("https://") else host.partition(".")[2]


def any_lab(hub_url: str, origins: str) -> str:
    """Return the origin of whatever lab, as a content security policy writes it."""
    parts = urlsplit(hub_url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://*.{labs_domain(hub_url)}{port}" if origins == PERSON else hub_url


def problems(portal_url: str, hub_url: str, origins: str) -> Iterator[AddressProblem]:
    """Tell what is wrong with the addresses, as far as it can be seen without asking anybody."""
    portal, hub = (urlsplit(url).hostname or "" for url in (portal_url, hub_url))
    is_https = hub_url.startswith("https://")
    names = {"portal": portal, "hub": hub}
    if urlsplit(portal_url).scheme != urlsplit(hub_url).scheme:
        yield "schemes_differ", names
    if portal == hub:
        yield "names_equal", names
    elif hub.endswith(f".{portal}") and "." in portal and not is_address(portal):
        yield "hub_below_portal", names
    elif not is_https and _shared_domain(portal, hub):
        yield "names_share_cookies", {**names, "domain": _shared_domain(portal, hub)}
    if origins == ONE:
        return
    domain = labs_domain(hub_url)
    if is_address(hub):
        yield "hub_is_address", names
    elif not domain or (not is_https and "." in domain):
        yield "persons_need_https", names
    elif any(LAB.fullmatch(host.removesuffix(f".{domain}")) for host in (portal, hub)):
        yield "name_of_a_lab", names


def require_addresses(
    portal_url: str, hub_url: str, origins: str, *, find: Callable[[str], object] | None = None
) -> None:
    """Raise Refusal when the addresses would mix people up, or when the names of labs are not found."""
    for key, values in problems(portal_url, hub_url, origins):
        raise Refusal(key, **values)
    domain = labs_domain(hub_url)
    if origins == ONE or domain == "localhost" or domain.endswith(".localhost"):
        return
    try:
        (find or _find)(f"u{secrets.token_hex(6)}.{domain}")
    except OSError as error:
        raise Refusal("labs_not_found", domain=domain, hub=urlsplit(hub_url).hostname) from error


def is_address(host: str) -> bool:
    """Return whether `host` is an address of a machine and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _find(host: str) -> object:
    return socket.getaddrinfo(host, None)


def _shared_domain(one: str, other: str) -> str:
    """Return the longest domain of both that takes cookies; one label alone takes none."""
    if is_address(one) or is_address(other):
        return ""
    shared: list[str] = []
    for left, right in zip(reversed(one.split(".")), reversed(other.split(".")), strict=False):
        if left != right:
            break
        shared.insert(0, left)
    return ".".join(shared) if len(shared) > 1 else ""
