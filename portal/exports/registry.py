"""What can be exported in the background, registered by the apps that own the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise

from portal.users.models import User
from search.plugging import Registry

Params = Mapping[str, Any]


class ExportStopped(Exception):
    """Nobody wants the file any more, or another worker makes it now."""


@dataclass(frozen=True)
class Making:
    """A file that is being made: for whom, of what, where; `tell` says how far it is and raises ExportStopped."""

    user: User
    params: Params
    at: datetime
    on: date
    target: Path
    tell: Callable[[int], None]


@dataclass(frozen=True)
class ExportKind:
    """A kind of export. Its rows are those that the person may see when the file is made."""

    code: str
    title: str | Promise
    form: str
    """xlsx or csv."""
    back: str
    """Name of the address at which it is asked for."""
    event: str
    """Audit event of a file that was made; the same as of the direct export."""
    reach: Callable[[User, date], str]
    """The person's right in words that change with it; empty when there is none."""
    read: Callable[[User, QueryDict, date], Params | None]
    """What is asked for, checked; None for what cannot be asked."""
    count: Callable[[User, Params, date], int]
    write: Callable[[Making], Mapping[str, Any]]
    """Writes the file and returns what the audit event says."""


_kinds: Registry[str, ExportKind] = Registry("kind of export")


def register_export(kind: ExportKind) -> None:
    """Let people ask for this kind of export."""
    _kinds.register(kind.code, kind)


def export_kind(code: str) -> ExportKind | None:
    """Return the kind of that code."""
    return _kinds.get(code)


def title_of(code: str) -> str:
    """Return what a kind of export is called."""
    kind = _kinds.get(code)
    return str(kind.title) if kind is not None else code
