"""Whom a grant can reach: a kind and the uuid of its row. Apps that own a kind register how it is named and who is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from portal.organizations.models import JobAssignment, Organization
from portal.users.models import User
from search.plugging import Registry

RUN, UNIT, PERSON = "run", "unit", "person"


@dataclass(frozen=True)
class Receiver:
    """Who may use a version."""

    kind: str
    uuid: UUID


@dataclass(frozen=True)
class ReceiverKind:
    """What the owner of a kind knows: its word, the names of rows, and which of the given users a row reaches."""

    label: str | Promise
    names: Callable[[Iterable[UUID]], Mapping[UUID, str]]
    people: Callable[[Set[UUID], Set[int], date], Mapping[UUID, Set[int]]]


_kinds: Registry[str, ReceiverKind] = Registry("kind of receiver")


def register_receiver(kind: str, knows: ReceiverKind) -> None:
    """Let grants reach rows of the kind."""
    _kinds.register(kind, knows)


def kind_label(kind: object) -> str:
    """Return what the kind is called; its code once nobody registers it any more."""
    knows = _kinds.get(str(kind))
    return str(knows.label if knows is not None else kind)


def is_known(receiver: Receiver) -> bool:
    """Return whether the kind is registered and its owner knows the row."""
    knows = _kinds.get(receiver.kind)
    return knows is not None and receiver.uuid in knows.names([receiver.uuid])


def people_of(receivers: Iterable[Receiver], users: Set[int], on: date) -> dict[Receiver, Set[int]]:
    """Return which of the users each receiver reaches on the day;
    a kind that nobody registers any more reaches nobody."""
    asked: dict[str, set[UUID]] = defaultdict(set)
    for receiver in receivers:
        asked[receiver.kind].add(receiver.uuid)
    return {
        Receiver(kind, identity): people & users
        for kind, identities in asked.items()
        if kind in _kinds
        for identity, people in _kinds[kind].people(identities, users, on).items()
    }


def with_names(rows: Iterable[Any]) -> list[Any]:
    """Return the rows (with `receiver_kind` and `receiver_uuid`),
    each with `receiver_name` for a page. One query a kind."""
    listed = list(rows)
    asked: dict[str, set[UUID]] = defaultdict(set)
    for row in listed:
        asked[row.receiver_kind].add(row.receiver_uuid)
    names = {kind: _kinds[kind].names(identities) for kind, identities in asked.items() if kind in _kinds}
    for row in listed:
        row.receiver_name = names.get(row.receiver_kind, {}).get(row.receiver_uuid) or str(row.receiver_uuid)
    return listed


def names_of_units(identities: Iterable[UUID]) -> dict[UUID, str]:
    """Names of units."""
    return dict(Organization.objects.filter(uuid__in=list(identities)).values_list("uuid", "name"))


def people_of_units(identities: Set[UUID], users: Set[int], on: date) -> dict[UUID, set[int]]:
    """Everybody whose current primary post is in the unit or below it."""
    posts = JobAssignment.objects.current(on).filter(user__in=users, is_primary=True)
    places = list(posts.values_list("user", "organization__path"))
    units = Organization.objects.filter(uuid__in=identities).values_list("uuid", "path")
    return {identity: {user for user, place in places if place.startswith(path)} for identity, path in units}


def names_of_people(identities: Iterable[UUID]) -> dict[UUID, str]:
    """Names of people."""
    return dict(User.objects.filter(uuid__in=list(identities)).values_list("uuid", "name"))


def people_themselves(identities: Set[UUID], users: Set[int], on: date) -> dict[UUID, set[int]]:
    """Return each person as reached by that person alone."""
    return {identity: {user} for identity, user in User.objects.filter(uuid__in=identities).values_list("uuid", "pk")}
