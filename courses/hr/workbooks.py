"""The roster as a workbook. Text of people is always text: nothing in it is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.certification.queries import AwardStanding
from portal.audit.spreadsheet import Sheet, Value, write_workbook

from .rosters import RosterRow

PERSON_WIDTHS = (12, 16, 14, 26, 16, 16, 10, 44, 12, 60)
CERTIFICATE_WIDTHS = (12, 16, 28, 20, 13, 13, 10)


def write_roster(target: io.BytesIO | Path, rows: Iterable[RosterRow], *, title: str) -> None:
    """One sheet with a line per person, hours once, so that they add up; one with a line per certificate.

    People are asked for one after the other; their certificates wait for the second sheet.
    """
    held: list[list[Value]] = []
    people = Sheet(title, _person_headings(), _people(rows, held), PERSON_WIDTHS)
    certificates = Sheet(_("Certificates"), _certificate_headings(), held, CERTIFICATE_WIDTHS)
    write_workbook(target, [people, certificates])


def _people(rows: Iterable[RosterRow], held: list[list[Value]]) -> Iterator[list[Value]]:
    for row in rows:
        held += _certificates(row)
        yield _person(row)


def _person_headings() -> list[str]:
    return [
        pgettext("person", "Name"),
        _("Login name"),
        _("Region"),
        _("Unit"),
        _("Post"),
        _("Rank"),
        _("Account state"),
        _("Courses"),
        _("Hours this year"),
        _("Certificates"),
    ]


def _person(row: RosterRow) -> list[Value]:
    post = row.post
    return [
        row.person.name,
        row.person.username,
        post.organization.region.name if post else "",
        post.organization.name if post else "",
        post.position.name if post else "",
        post.position.rank_band if post else "",
        "" if row.person.is_active else _("Deactivated"),
        "；".join(f"{place.enrollment.run.course.title} {place.percent}%" for place in row.courses),
        row.hours / 100,
        "；".join(f"{one.award.certification.name} {one.award.serial} {one.label}" for one in row.certificates),
    ]


def _certificate_headings() -> list[str]:
    return [
        pgettext("person", "Name"),
        _("Login name"),
        _("Certification"),
        _("Certificate number"),
        _("Issued on"),
        _("Valid until"),
        _("Status"),
    ]


def _certificates(row: RosterRow) -> Iterator[list[Value]]:
    for one in row.certificates:
        yield [row.person.name, row.person.username, *_certificate(one)]


def _certificate(one: AwardStanding) -> list[Value]:
    award = one.award
    return [award.certification.name, award.serial, award.valid_from_date, award.expires_date, str(one.label)]
