"""Writes of personnel: what leaves the portal leaves a trace."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.users.models import User

from .queries import RosterFilter, roster
from .rosters import RosterRow, roster_rows
from .workbooks import roster_workbook

CHUNK = 500


@transaction.atomic
def export_roster(*, narrowed: RosterFilter, by: User, at: datetime) -> bytes:
    """This will write the people in the reader's scope that fit the filter into a workbook, and note who took it."""
    on = timezone.localdate(at)
    people = list(roster(by, on, narrowed))
    rows: list[RosterRow] = []
    for start in range(0, len(people), CHUNK):
        rows.extend(roster_rows(people[start : start + CHUNK], on))
    book = roster_workbook(rows, title=_("Training of staff"))
    record(by=by, at=at, event="hr.roster_exported", details={"people": len(people), "filter": narrowed.details()})
    return book
