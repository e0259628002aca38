"""Many audit events at once: the audit lies below this app, which is why its export stands here."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.forms import EventFilterForm
from portal.audit.permissions import require_reading
from portal.audit.queries import EventFilter, access_events_for, event_codes
from portal.audit.spreadsheet import Sheet, safe_cell, write_workbook
from portal.audit.tables import LARGEST_WORKBOOK, WIDTHS, event_headings, event_rows
from portal.users.models import Role, User
from portal.users.rights import scopes_of

from .registry import ExportKind, Making, Params

STEP = 500


def _reach(user: User, on: date) -> str:
    try:
        require_reading(user, on)
    except PermissionDenied:
        return ""
    return str(sorted((scope.kind, str(scope.uuid)) for scope in scopes_of(user, *Role.values, on=on)))


def _read(form: str, user: User, asked: QueryDict, on: date) -> Params | None:
    events = access_events_for(user, on)
    filled = EventFilterForm(asked, codes=event_codes(events))
    if not filled.is_valid():
        return None
    chosen = filled.chosen()
    # Without the event that tells of this export.
    last = events.order_by("-pk").values_list("pk", flat=True).first() or 0
    params = {**chosen.told(), "last": last}
    return None if form == "xlsx" and _count(user, params, on) > LARGEST_WORKBOOK else params


def _events(user: User, params: Params, on: date) -> Any:
    asked: dict[str, Any] = {name: params[name] for name in ("who", "what", "text") if name in params}
    asked |= {name: date.fromisoformat(params[name]) for name in ("first_date", "last_date") if name in params}
    return EventFilter(**asked).apply(access_events_for(user, on)).filter(pk__lte=params["last"])


def _count(user: User, params: Params, on: date) -> int:
    return int(_events(user, params, on).order_by().count())


def _write(form: str, making: Making) -> Mapping[str, Any]:
    rows = _told(making)
    if form == "xlsx":
        write_workbook(making.target, [Sheet(_("Audit"), event_headings(), rows, WIDTHS)])
    else:
        with making.target.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(event_headings())
            writer.writerows([safe_cell(value) for value in row] for row in rows)
    asked = {name: value for name, value in making.params.items() if name != "last"}
    return {"rows": _count(making.user, making.params, making.on), "form": form, "filter": asked}


def _told(making: Making) -> Iterator[Sequence[str]]:
    for number, row in enumerate(event_rows(_events(making.user, making.params, making.on), making.user, making.on)):
        if number % STEP == 0:
            making.tell(number)
        yield row


EVENTS = tuple(
    ExportKind(
        code=f"audit.{form}",
        title=gettext_lazy("Audit"),
        form=form,
        back="audit:events",
        event="audit.exported",
        reach=_reach,
        read=partial(_read, form),
        count=_count,
        write=partial(_write, form),
    )
    for form in ("csv", "xlsx")
)
