"""Every address × every role is declared in `access/*.toml`; an undeclared address fails, and so does an open door.

A row names an address (`name`, namespaced) or a family of foreign ones (`pattern`, a prefix of the route) and the
roles that may enter. Placeholders are filled with values that match no row, so an allowed role may see 404 but a
refused one must be led to the login, or see 403, 404 or 405 — never a page. Which *rows* a role sees is proven by
the leak tests of each app.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from portal.users.models import STAFF_ROLES, User
from tests.people import Province

ROLES = [
    "anonymous",
    "learner",
    "instructor",
    "lab_author",
    "data_steward",
    "privacy_officer",
    "policy_editor",
    "hr",
    "auditor",
    "administrator",
]
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Address:
    """One route of the URL configuration."""

    name: str
    route: str
    converters: tuple[tuple[str, Any], ...]

    def path(self) -> str:
        """Return the route with placeholders filled by values that belong to nothing."""
        path = self.route
        for key, converter in self.converters:
            value = "999999999" if isinstance(converter, IntConverter) else "nothing"
            value = str(uuid.UUID(int=1)) if isinstance(converter, UUIDConverter) else value
            for written in (
                f"<{key}>",
                f"<int:{key}>",
                f"<uuid:{key}>",
                f"<slug:{key}>",
                f"<str:{key}>",
                f"<path:{key}>",
            ):
                path = path.replace(written, value)
        return "/" + path


def addresses(
    resolver: URLResolver, prefix: str = "", namespace: str = "", inherited: tuple[Any, ...] = ()
) -> Iterator[Address]:
    """Walk through every route."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        converters = (*inherited, *entry.pattern.converters.items())
        if isinstance(entry, URLPattern):
            yield Address(namespace + (entry.name or ""), route, converters)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, route, inner, converters)


def declared() -> list[dict[str, Any]]:
    """Rows of every access file."""
    rows: list[dict[str, Any]] = []
    for file in sorted((HERE / "access").glob("*.toml")):
        for row in tomllib.loads(file.read_text(encoding="utf-8")).get("url", []):
            rows.append({**row, "file": file.name})
    return rows


def row_for(address: Address, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the row that declares the address: by name first, else the longest matching prefix."""
    for row in rows:
        if row.get("name") and row["name"] == address.name:
            return row
    fitting = [row for row in rows if row.get("pattern") is not None and address.route.startswith(row["pattern"])]
    return max(fitting, key=lambda row: len(row["pattern"]), default=None)


def allowed_roles(row: dict[str, Any]) -> set[str]:
    """Roles that a row lets in, with its two shorthands resolved."""
    roles = set(row["roles"])
    if "anonymous" in roles:
        return set(ROLES)
    return set(ROLES) - {"anonymous"} if "authenticated" in roles else roles


ADDRESSES = list(addresses(get_resolver("portal.urls")))
SOCKETS = [
    address for urls in ("portal.lab_api_urls", "portal.hub_api_urls") for address in addresses(get_resolver(urls))
]
ROWS = declared()


def test_every_address_is_declared() -> None:
    undeclared = sorted({f"{a.name or '-'}  {a.route}" for a in [*ADDRESSES, *SOCKETS] if row_for(a, ROWS) is None})

    assert not undeclared, "declare in tests/architecture/access/:\n" + "\n".join(undeclared)


def test_every_row_declares_an_address_that_exists() -> None:
    names = {address.name for address in [*ADDRESSES, *SOCKETS]}
    stale = [row["name"] for row in ROWS if row.get("name") and row["name"] not in names]

    assert not stale


def test_every_role_named_is_a_role() -> None:
    unknown = {role for row in ROWS for role in row["roles"]} - {*ROLES, "authenticated", "hub_token"}

    assert not unknown


def _person_with(world: Province, role: str) -> User:
    person = world.person(f"p.{role.replace('_', '')}", role, world.department_a)
    world.grant(person, role, "province", world.province.uuid)
    if role in STAFF_ROLES:
        # A second factor is set up, so that only the role decides.
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return person


def _is_refused(response: Any) -> bool:
    if response.status_code in (302, 301):
        target = response.headers["Location"]
        # Wagtail leads an author without the right back to the authors' front page.
        return "/login" in target or "/accounts/" in target or target == "/admin/"
    return response.status_code in (401, 403, 404, 405)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_enters_where_it_is_not_declared(world: Province, role: str) -> None:
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(_person_with(world, role), backend="portal.users.backends.CaseInsensitiveBackend")
    entered = []

    for address in ADDRESSES:
        row = row_for(address, ROWS)
        if row is None or role in allowed_roles(row) or "(" in address.route:
            continue
        response = client.get(address.path())
        if not _is_refused(response):
            entered.append(f"{response.status_code} {address.path()} ({address.name}, {row['file']})")

    assert not entered, f"{role} got in:\n" + "\n".join(entered)


@pytest.mark.parametrize("role", ROLES)
def test_no_declared_role_is_turned_away(world: Province, role: str) -> None:
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(_person_with(world, role), backend="portal.users.backends.CaseInsensitiveBackend")
    wrong = []

    for address in ADDRESSES:
        row = row_for(address, ROWS)
        if row is None or not row.get("name") or role not in allowed_roles(row) or "(" in address.route:
            continue
        response = client.get(address.path())
        if response.status_code >= 500 or response.status_code in (401, 403):
            wrong.append(f"{response.status_code} {address.path()} ({address.name}, {row['file']})")

    assert not wrong, f"{role} was turned away:\n" + "\n".join(wrong)
