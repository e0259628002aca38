"""The roster as a workbook. Text of people is always text: nothing in it is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.certification.queries import AwardStanding
from portal.audit.spreadsheet import Sheet, Value, sheets_workbook

from .rosters import RosterRow

PERSON_WIDTHS = (12, 16, 14, 26, 16, 16, 10, 44, 12, 60)
CERTIFICATE_WIDTHS = (12, 16, 28, 20, 13, 13, 10)


def roster_workbook(rows: Iterable[RosterRow], *, title: str) -> bytes:
    """One sheet with a line per person, hours once, so that they add up; one with a line per certificate."""
    rows = list(rows)
    people = Sheet(title, _person_headings(), [_person(row) for row in rows], PERSON_WIDTHS)
    certificates = Sheet(_("Certificates"), _certificate_headings(), list(_certificates(rows)), CERTIFICATE_WIDTHS)
    return sheets_workbook([people, certificates])


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


def _certificates(rows: Iterable[RosterRow]) -> Iterator[list[Value]]:
    for row in rows:
        for one in row.certificates:
            yield [row.person.name, row.person.username, *_certificate(one)]


def _certificate(one: AwardStanding) -> list[Value]:
    award = one.award
    return [award.certification.name, award.serial, award.valid_from_date, award.expires_date, str(one.label)]
