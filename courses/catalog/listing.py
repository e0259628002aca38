"""The catalog as a reader filters it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from courses.partners.models import Partner
from portal.pages.queries import address_of

from .covers import cover
from .models import CoursePage
from .places import places_in
from .queries import course_pages

PAGE_SIZE = 12


@dataclass(frozen=True)
class CourseCard:
    """A course as a list shows it."""

    title: str
    url: str
    summary: str
    partner: str
    hours: int
    lessons: int
    labs: int
    state: str
    state_label: str
    cover: SafeString


@dataclass(frozen=True)
class CourseListing:
    """A page of the catalog with the filter that made it."""

    cards: Page[Any]
    """The page of the list; its objects are CourseCards."""
    partners: list[tuple[str, str]]
    words: str
    partner: str
    only_open: bool

    @property
    def is_filtered(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.words or self.partner or self.only_open)

    @property
    def query(self) -> str:
        """The filter as parameters of an address."""
        chosen = {"q": self.words, "partner": self.partner, "open": "1" if self.only_open else ""}
        return urlencode({name: value for name, value in chosen.items() if value})


def list_courses(parameters: Mapping[str, str], language: str, now: datetime, user: Any = None) -> CourseListing:
    """Return the page of the catalog that the parameters ask for; nonsense in them is as if it were absent."""
    words = parameters.get("q", "").replace("\x00", "").strip()[:60]
    partner = parameters.get("partner", "").replace("\x00", "")[:40]
    only_open = parameters.get("open") == "1"
    pages = course_pages(language, now)
    for word in words.split():
        pages = pages.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    if partner:
        pages = pages.filter(course__program__partner__code=partner)
    if only_open:
        pages = pages.filter(is_open=True)
    shown: Page[Any] = Paginator(pages, PAGE_SIZE).get_page(parameters.get("page"))
    shown.object_list = cards_of(shown.object_list, language, user)
    return CourseListing(shown, _partners(language), words, partner, only_open)


def featured_courses(language: str, now: datetime, user: Any = None, limit: int = 3) -> list[CourseCard]:
    """Return the first courses of the catalog, for the front page."""
    return cards_of(course_pages(language, now)[:limit], language, user)


def cards_of(pages: Iterable[CoursePage], language: str, user: Any = None) -> list[CourseCard]:
    """Cards of pages that `course_pages` gave; who has a place in a course reads that instead of an invitation."""
    listed = list(pages)
    own = places_in(user, [page.course_id for page in listed])
    return [_card(page, language, own.get(page.course_id)) for page in listed]


def _card(page: CoursePage, language: str, own: tuple[str, str] | None) -> CourseCard:
    state, label = own or (("info", _("Open for enrollment")) if page.is_open else ("", ""))
    program = page.course.program
    partner = program.partner if program else None
    return CourseCard(
        title=page.title,
        url=address_of(page),
        summary=page.summary,
        partner=((partner.name_en if language == "en" else "") or partner.name) if partner else "",
        hours=page.course.hours,
        lessons=page.lesson_count,
        labs=page.lab_count,
        state=state,
        state_label=label,
        cover=cover(page.course.code),
    )


def _partners(language: str) -> list[tuple[str, str]]:
    partners = Partner.objects.filter(programs__courses__pages__live=True).distinct().order_by("code")
    return [(partner.code, (partner.name_en if language == "en" else "") or partner.name) for partner in partners]
