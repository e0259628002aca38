"""Names of hub and labs: every person's lab has an origin of its own, and each name answers for its own alone.

Where a page of a lab could plant a cookie decides where labs have their names (docs/decisions/0007-origins.md):
with https every cookie carries `__Host-` and labs stand below the hub's name; on plain http they stand beside it,
below a single label such as `localhost`, for which no browser takes a cookie.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

ONE, PERSON = "one", "person"
USER = r"u[1-9][0-9]{0,8}"
PATH_OF_USER = re.compile(rf"/user/({USER})(?=/|\Z)")


@dataclass(frozen=True)
class Origins:
    """The outside addresses of one hub."""

    hub_url: str
    kind: str = PERSON

    @property
    def is_https(self) -> bool:
        """Whether browsers reach hub and labs by https."""
        return self.hub_url.startswith("https://")

    @property
    def hub_host(self) -> str:
        """Name of the hub, without a port."""
        return urlsplit(self.hub_url).hostname or ""

    @property
    def domain(self) -> str:
        """What the names of labs end in."""
        return self.hub_host if self.is_https else self.hub_host.partition(".")[2]

    def lab_host(self, user: str) -> str:
        """Name of a person's lab, without a port."""
        return f"{user}.{self.domain}" if self.kind == PERSON else self.hub_host

    def lab_url(self, user: str) -> str:
        """Origin of a person's lab."""
        return self._url(self.lab_host(user))

    @property
    def any_lab(self) -> str:
        """Origin of whatever lab, as a content security policy writes it."""
        return self._url(f"*.{self.domain}") if self.kind == PERSON else self.hub_url

    @property
    def shares_no_cookie(self) -> bool:
        """Whether cookies may bear the `__Host-` prefix: with one origin each lab needs a path of its own."""
        return self.is_https and self.kind == PERSON

    def user_of(self, host: str) -> str | None:
        """Return whose lab has the name `host`; nobody's with one origin."""
        name, _, rest = host.partition(".")
        is_lab = self.kind == PERSON and rest == self.domain and re.fullmatch(USER, name)
        return name if is_lab else None

    def successor_of(self, path: str) -> str:
        """Return where something is found now that was asked for on a former address of the hub."""
        owner = PATH_OF_USER.match(path)
        return self.lab_url(owner[1]) if owner else self.hub_url

    def _url(self, host: str) -> str:
        parts = urlsplit(self.hub_url)
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def hostname(authority: str) -> str:
    """Return the name in a Host header, without port and brackets, in small letters."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower()


def is_address(host: str) -> bool:
    """Return whether a host is an address of a machine and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
