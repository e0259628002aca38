"""The roster as a workbook. Text of people is always text: nothing in it is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.certification.queries import AwardStanding
from portal.audit.spreadsheet import Value, table_workbook

from .rosters import RosterRow

WIDTHS = (12, 16, 14, 26, 16, 16, 44, 12, 28, 20, 13, 13, 10)


def roster_workbook(rows: Iterable[RosterRow], *, title: str) -> bytes:
    """One line per person and certificate."""
    return table_workbook(_headings(), _lines(rows), widths=WIDTHS, title=title)


def _headings() -> list[str]:
    return [
        pgettext("person", "Name"),
        _("Login name"),
        _("Region"),
        _("Unit"),
        _("Post"),
        _("Rank"),
        _("Courses"),
        _("Hours this year"),
        _("Certification"),
        _("Certificate number"),
        _("Issued on"),
        _("Valid until"),
        _("Status"),
    ]


def _lines(rows: Iterable[RosterRow]) -> Iterator[list[Value]]:
    for row in rows:
        certificates: list[AwardStanding | None] = [*row.certificates]
        for certificate in certificates or [None]:
            yield [*_person(row), *_certificate(certificate)]


def _person(row: RosterRow) -> list[Value]:
    post = row.post
    return [
        row.person.name,
        row.person.username,
        post.organization.region.name if post else "",
        post.organization.name if post else "",
        post.position.name if post else "",
        post.position.rank_band if post else "",
        _courses(row),
        row.hours / 100,
    ]


def _certificate(one: AwardStanding | None) -> list[Value]:
    if one is None:
        return ["", "", None, None, ""]
    award = one.award
    return [award.certification.name, award.serial, award.valid_from_date, award.expires_date, one.label]


def _courses(row: RosterRow) -> str:
    return "；".join(f"{place.enrollment.run.course.title} {place.percent}%" for place in row.courses)
