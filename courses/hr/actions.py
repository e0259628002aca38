"""Writes of personnel: what leaves the portal leaves a trace."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.users.models import User

from .queries import RosterFilter, roster
from .rosters import RosterRow, roster_rows
from .workbooks import write_roster

CHUNK = 500


def export_roster(*, narrowed: RosterFilter, by: User, at: datetime) -> bytes:
    """Write the people in the reader's scope that fit the filter into a workbook, and note who took it.

    Not one transaction on purpose: nobody else may wait while a workbook is made.
    """
    on, stream = timezone.localdate(at), io.BytesIO()
    people = numbers_of(by, on, narrowed)
    write_roster(stream, lines(people, by, on, narrowed), title=_("Training of staff"))
    record(by=by, at=at, event="hr.roster_exported", details=told(len(people), narrowed))
    return stream.getvalue()


def told(people: int, narrowed: RosterFilter) -> dict[str, object]:
    """Return what the audit event says of an export."""
    return {"people": people, "filter": narrowed.details()}


def numbers_of(by: User, on: date, narrowed: RosterFilter) -> list[int]:
    """Keys of the people, in order."""
    return list(roster(by, on, narrowed).values_list("pk", flat=True))


def lines(
    people: list[int], by: User, on: date, narrowed: RosterFilter, tell: Callable[[int], None] = lambda done: None
) -> Iterator[RosterRow]:
    """Their lines, some hundred at a time, with no question to the database open in between."""
    for start in range(0, len(people), CHUNK):
        tell(start)
        yield from roster_rows(list(roster(by, on, narrowed).filter(pk__in=people[start : start + CHUNK])), on)
