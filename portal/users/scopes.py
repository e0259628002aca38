"""Scopes of role grants. Apps that own a kind of scope register what it is called, which roles it fits, how it nests and ends."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from search.plugging import OneAnswer, Registry

from .models import ScopeKind, User


@dataclass(frozen=True)
class Scope:
    """What a grant reaches: a kind and the uuid of its row."""

    kind: str
    uuid: uuid.UUID


@dataclass(frozen=True)
class ScopeResolver:
    """What the owner of a kind of scope knows about it.

    `name` is what people call the kind; `roles` are those that code asks about in such a scope, where a grant of another
    would give nothing. `label` names a row (None: no such row); `enclosing` gives the next wider scopes; `ended` gives
    the uuids (best a QuerySet of them) of rows whose grants do not count on a day; `choices` are the rows that a form
    offers (places need none: their app knows who may choose which); `lies_anywhere` says that rows need not lie in a
    place, and that those which lie in none belong to the province.
    """

    name: str | Promise
    roles: Collection[str]
    label: Callable[[uuid.UUID], str | None]
    enclosing: Callable[[uuid.UUID], Sequence[Scope]] = lambda _: ()
    ended: Callable[[date], Any] | None = None
    choices: Callable[[], Iterable[tuple[uuid.UUID, str]]] | None = None
    lies_anywhere: bool = False


_resolvers: Registry[str, ScopeResolver] = Registry("kind of scope")


def register_scope(kind: str, resolver: ScopeResolver) -> None:
    """Let grants of `kind` be named, nested and ended; a kind has one owner."""
    _resolvers.register(kind, resolver)


def is_scope_kind(kind: str) -> bool:
    """Return whether some app owns the kind."""
    return kind in _resolvers


def scope_kind_name(kind: object) -> str:
    """Return what people call the kind; its code once nobody registers it any more."""
    resolver = _resolvers.get(str(kind))
    return str(resolver.name if resolver is not None else kind)


def fits(role: str, kind: str) -> bool:
    """Return whether the role means anything in a scope of this kind."""
    resolver = _resolvers.get(kind)
    return resolver is not None and role in resolver.roles


def scope_label(kind: str, scope_uuid: uuid.UUID) -> str:
    """Name of the scope for people, or its uuid where nobody knows it."""
    resolver = _resolvers.get(kind)
    return (resolver.label(scope_uuid) if resolver else None) or str(scope_uuid)


def offered_scopes() -> dict[str, list[tuple[uuid.UUID, str]]]:
    """Rows that a form offers, by kind."""
    offered = {kind: resolver.choices for kind, resolver in _resolvers.items()}
    return {kind: list(choices()) for kind, choices in offered.items() if choices is not None}


def scope_exists(kind: str, scope_uuid: uuid.UUID) -> bool:
    """Return whether the kind's owner knows the row."""
    resolver = _resolvers.get(kind)
    return bool(resolver and resolver.label(scope_uuid))


def ended_scopes(on: date) -> Q:
    """Condition on RoleGrant: its scope's own time does not include `on`."""
    condition = Q(pk__in=[])
    for kind, resolver in _resolvers.items():
        if resolver.ended is not None:
            condition |= Q(scope_kind=kind, scope_uuid__in=resolver.ended(on))
    return condition


def enclosing_scopes(kind: str, scope_uuid: uuid.UUID) -> list[Scope]:
    """Return the scope itself and every wider one, up to the province."""
    found = [Scope(kind, scope_uuid)]
    for scope in found:  # grows while it is walked
        resolver = _resolvers.get(scope.kind)
        wider = resolver.enclosing(scope.uuid) if resolver else ()
        found.extend(next_scope for next_scope in wider if next_scope not in found)
    return found


def covers(outer: Scope, inner: Scope) -> bool:
    """Return whether `outer` contains `inner`; a scope that lies nowhere belongs to the province."""
    wider = enclosing_scopes(inner.kind, inner.uuid)
    if outer in wider:
        return True
    lies_nowhere = not any(scope.kind == ScopeKind.PROVINCE for scope in wider)
    resolver = _resolvers.get(inner.kind)
    return outer.kind == ScopeKind.PROVINCE and lies_nowhere and resolver is not None and resolver.lies_anywhere


Reach = Callable[[User, date], QuerySet[User]]
_reach: OneAnswer[Reach] = OneAnswer("whose accounts somebody looks after")


def register_reach(people: Reach) -> None:
    """Make `people(user, on)` the answer to whose accounts a personnel officer or administrator looks after."""
    _reach.give(people)


def is_in_reach(by: User, user: User, on: date) -> bool:
    """Return whether `by` looks after the account; nobody does while no upper app has registered who works where."""
    people = _reach.given
    return people is not None and people(by, on).filter(pk=user.pk).exists()
