"""The roster of a big scope, made in the background."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.exports.registry import ExportKind, Making, Params
from portal.users.models import Role, User
from portal.users.rights import scopes_of

from .actions import lines, numbers_of, told
from .forms import RosterForm
from .queries import RosterFilter, certifications, roster, units_in_reach
from .workbooks import write_roster

READERS = (Role.HR, Role.AUDITOR, Role.ADMINISTRATOR)


def _reach(user: User, on: date) -> str:
    scopes = sorted((scope.kind, str(scope.uuid)) for scope in scopes_of(user, *READERS, on=on))
    return str(scopes) if scopes else ""


def _read(user: User, asked: QueryDict, on: date) -> Params | None:
    form = RosterForm(asked, organizations=units_in_reach(user, on), certifications=certifications())
    if not form.is_valid():
        return None
    return RosterFilter.from_cleaned(form.cleaned_data, asked.get("sort", "")).details()


def _count(user: User, params: Params, on: date) -> int:
    return roster(user, on, RosterFilter(**params)).count()


def _write(making: Making) -> Mapping[str, Any]:
    narrowed = RosterFilter(**making.params)
    people = numbers_of(making.user, making.on, narrowed)
    rows = lines(people, making.user, making.on, narrowed, making.tell)
    write_roster(making.target, rows, title=_("Training of staff"))
    return told(len(people), narrowed)


ROSTER = ExportKind(
    code="hr.roster",
    title=gettext_lazy("Training of staff"),
    form="xlsx",
    back="hr:people",
    event="hr.roster_exported",
    reach=_reach,
    read=_read,
    count=_count,
    write=_write,
)
