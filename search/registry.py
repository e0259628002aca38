"""What other apps tell the search: which entries there are, and which audiences a reader belongs to."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from search.plugging import OneAnswer, Registry

PUBLIC = "public"
AUTHENTICATED = "authenticated"


@dataclass(frozen=True)
class Entry:
    """One thing that can be found, in one language. People are never entries.

    `body` of a policy is what introduces it, not its clauses: they are entries of their own with `parent_key`.
    `aliases` are short titles, one per line; `number` is a 文号 or a standard's number; a clause's title begins with
    its number (第二十七条); `level` and `status` are codes of `search.kinds`, `theme` is shown as it is.
    """

    key: str
    kind: str
    source_uuid: uuid.UUID
    language: str
    title: str
    body: str
    url: str
    audience: str = PUBLIC
    parent_title: str = ""
    parent_key: str = ""
    anchor: str = ""
    path: str = ""
    aliases: str = ""
    number: str = ""
    level: str = ""
    region: str = ""
    issuer: str = ""
    theme: str = ""
    status: str = ""
    dated: date | None = None
    source_id: str = ""


Entries = Callable[[], Iterable[Entry]]
Audiences = Callable[[Any], Iterable[str]]

Replacements = Callable[[Iterable[uuid.UUID]], Mapping[uuid.UUID, tuple[str, str]]]

Labels = Callable[[str, str], str]
Address = Callable[[HttpRequest], str]

_sources: Registry[str, Entries] = Registry("source of entries")
_labels: Registry[str, Labels] = Registry("labels of a facet")
_audiences: Registry[str, Audiences] = Registry("audiences of a reader")
_replacements: Registry[str, Replacements] = Registry("what replaced an entry")
_address: OneAnswer[Address] = OneAnswer("where a request comes from")


def register_entry_source(name: str, entries: Entries) -> None:
    """Let a rebuild ask `entries` for everything that the source wants found."""
    _sources.register(name, entries)


def register_audience(name: str, audiences: Audiences) -> None:
    """Let `audiences` say which tokens (`role:…`, `run:<uuid>`) a signed-in reader holds."""
    _audiences.register(name, audiences)


def register_replacements(kind: str, replacements: Replacements) -> None:
    """Let `replacements` say, of repealed sources of a kind, by what each was replaced: title and address."""
    _replacements.register(kind, replacements)


def replacements_of(kind: str, sources: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, tuple[str, str]]:
    """Return title and address of what replaced the sources, as far as their owner knows."""
    replacements = _replacements.get(kind)
    return replacements(sources) if replacements else {}


def register_address(address: Address) -> None:
    """Have `address` say where a request comes from, behind whatever proxies there are."""
    _address.give(address)


def address_of(request: HttpRequest) -> str:
    """Return where the request comes from, as far as budgets tell places apart."""
    address = _address.given
    return address(request) if address else str(request.META.get("REMOTE_ADDR", ""))


def register_facet_labels(facet: str, labels: Labels) -> None:
    """Let `labels(value, language)` name the values of a facet that the search does not know: regions, themes."""
    _labels.register(facet, labels)


def label_of(facet: str, value: str, language: str) -> str:
    """Return the value of a facet as its owner names it, or as it is."""
    labels = _labels.get(facet)
    return (labels(value, language) if labels else "") or value


def all_entries() -> Iterable[Entry]:
    """Every entry of every source."""
    for entries in _sources.values():
        yield from entries()


def audiences_of(user: Any) -> frozenset[str]:
    """Tokens that this reader (None: nobody signed in) holds."""
    if user is None or not user.is_authenticated:
        return frozenset({PUBLIC})
    held = {PUBLIC, AUTHENTICATED}
    for audiences in _audiences.values():
        held.update(audiences(user))
    return frozenset(held)
