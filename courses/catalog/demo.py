"""The demo province's partner, courses, runs, knowledge and pages. The words are in `demo_content/`, ours and free to use."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.models import Page

from courses.partners.actions import ProgramTerms, create_partner, create_program, make_partner_page
from courses.partners.models import Partner, PartnerPage, PartnerProgram
from portal.installation.paths import Paths
from portal.organizations.models import Organization
from portal.pages.actions import add_page
from portal.pages.models import ArticlePage, HomePage, PeoplePage
from portal.users.actions import grant_role
from portal.users.models import Role, ScopeKind, User

from .actions import create_course, create_lesson, create_run
from .demo_outline import ARTICLES, COURSES, PARTNER, PEOPLE, CourseOutline
from .manuscripts import Manuscript, read_manuscript, stream_of
from .models import Course, CoursePage, CourseRun, LessonPage
from .skeleton import CHINESE, ENGLISH, build_skeleton

CONTENT = Path(__file__).parent / "demo_content"
DEMO_LAB = uuid.uuid5(uuid.NAMESPACE_URL, "chengxue:lab:parking-guidance")
"""The lab to which the last lesson of the practice leads; the seed of the labs makes it under this uuid."""


@dataclass(frozen=True)
class DemoCatalog:
    """What the next seeds build on."""

    program: PartnerProgram
    courses: Mapping[str, Course]
    runs: Mapping[str, CourseRun]


def seed(*, at: datetime, paths: Paths) -> DemoCatalog:
    """Make what is not there yet; nothing that is there is changed."""
    site = build_skeleton()
    with transaction.atomic():
        program = _program(site.courses, at)
    courses = {outline.code: _course(outline, program, at) for outline in COURSES}
    runs = {outline.run: _run(outline, courses[outline.code], at) for outline in COURSES}
    with transaction.atomic():
        for slug in ARTICLES:
            _article(slug, site.knowledge[CHINESE])
        _people(site.homes)
    _instructor(program, at)
    return DemoCatalog(program, courses, runs)


def _program(indexes: Mapping[str, Page], at: datetime) -> PartnerProgram:
    partner = Partner.objects.filter(code="chd").first()
    if partner is None:
        organization = Organization.objects.get(code="CHD")
        name, texts = PARTNER
        partner = create_partner(code="chd", organization=organization, name=name, texts=texts, by=None, at=at)
    if not PartnerPage.objects.filter(partner=partner).exists():
        make_partner_page(partner=partner, index=indexes[CHINESE], translated_index=indexes[ENGLISH])
        for page in PartnerPage.objects.filter(partner=partner):
            page.get_latest_revision().publish()
    program = PartnerProgram.objects.filter(code="chd-2026").first()
    terms = ProgramTerms(
        name="长安大学智慧城市人才联合培养项目",
        name_en="Chang'an University joint program for smart-city talent",
        start_date=date(2026, 1, 1),
        end_date=date(2028, 12, 31),
        signatory_name="周立新",
        signatory_title="长安大学继续教育学院院长",
    )
    return program or create_program(partner=partner, code="chd-2026", terms=terms, by=None, at=at)


@transaction.atomic
def _course(outline: CourseOutline, program: PartnerProgram, at: datetime) -> Course:
    course = Course.objects.filter(code=outline.code).first()
    if course is not None:
        return course
    own = program if outline.is_of_partner else None
    fields = {
        "code": outline.code,
        "title": outline.title,
        "title_en": outline.title_en,
        "hours": outline.hours,
        "program": own,
    }
    course = create_course(fields=fields, by=None, at=at)
    for code, (audience, summary) in outline.words.items():
        _publish(CoursePage, {"course": course}, code, audience=audience, summary=summary)
    for order, lesson in enumerate(outline.lessons, start=1):
        _lesson(course, order, lesson, at)
    return course


def _lesson(course: Course, order: int, code: str, at: datetime) -> None:
    texts = {language: text for language in (CHINESE, ENGLISH) if (text := _manuscript(code, language)) is not None}
    titles = {language: text.head["title"] for language, text in texts.items()}
    lesson = create_lesson(
        fields={
            "course": course,
            "code": code,
            "title": titles[CHINESE],
            "title_en": titles.get(ENGLISH, ""),
            "order": order,
            "minimum_seconds": 20,
        },
        by=None,
        at=at,
    )
    for language, text in texts.items():
        body = stream_of(text, f"{code}:{language}", _figure, DEMO_LAB)
        _publish(LessonPage, {"lesson": lesson}, language, summary=text.head["summary"], body=body)


def _publish(model: type[Page], key: Mapping[str, Any], language: str, *, body: Any = None, **fields: Any) -> None:
    """Fill the draft that the row's action made, and publish it."""
    page = model.objects.get(**key, locale__language_code=language)
    for name, value in fields.items():
        setattr(page, name, value)
    if body is not None:
        page.body = page.body.stream_block.to_python(body)
    page.save_revision().publish()


def _run(outline: CourseOutline, course: Course, at: datetime) -> CourseRun:
    run = CourseRun.objects.filter(code=outline.run).first()
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    fields = {
        "course": course,
        "code": outline.run,
        "name": outline.run_name,
        "delivery": outline.delivery,
        "enroll_opens_at": today - timedelta(days=14),
        "enroll_closes_at": today + timedelta(days=30),
        "starts_at": today - timedelta(days=7),
        "ends_at": today + timedelta(days=90),
        "capacity": 200,
    }
    return run or create_run(fields=fields, by=None, at=at)


def _article(slug: str, index: Page) -> None:
    text = _manuscript(slug, CHINESE)
    if text is None or ArticlePage.objects.child_of(index).filter(slug=slug.removeprefix("knowledge-")).exists():
        return
    page = ArticlePage(
        title=text.head["title"],
        slug=slug.removeprefix("knowledge-"),
        summary=text.head["summary"],
        date=date.fromisoformat(text.head["date"]),
        source=text.head["source"],
    )
    page.body = page.body.stream_block.to_python(stream_of(text, slug, _figure, None))
    add_page(parent=index, page=page)


def _people(homes: Mapping[str, HomePage]) -> None:
    for code, (slug, title, introduction, people) in PEOPLE.items():
        if PeoplePage.objects.child_of(homes[code]).exists():
            continue
        twin = PeoplePage.objects.child_of(homes[CHINESE]).first() if code != CHINESE else None
        page = PeoplePage(title=title, slug=slug, introduction=introduction, show_in_menus=True)
        blocks = [
            {"type": "person", "value": person, "id": str(uuid.uuid5(DEMO_LAB, person["name"]))} for person in people
        ]
        page.people = page.people.stream_block.to_python(blocks)
        add_page(parent=homes[code], page=page, twin_of=twin)


def _instructor(program: PartnerProgram, at: datetime) -> None:
    user = User.objects.filter(username="zhang.jun").first()
    if user is None:
        return
    for role in (Role.INSTRUCTOR, Role.LAB_AUTHOR):
        grant_role(
            user=user,
            role=role,
            scope_kind=ScopeKind.PROGRAM,
            scope_uuid=program.uuid,
            start_date=program.start_date,
            end_date=program.end_date,
            reason="chd-2026",
            by=None,
            at=at,
        )


def _manuscript(name: str, language: str) -> Manuscript | None:
    file = CONTENT / f"{name}.{language}.md"
    return read_manuscript(file.read_text("utf-8")) if file.is_file() else None


def _figure(name: str) -> int:
    """Return the picture of a figure, taken into the library once."""
    image = Image.objects.filter(title=name).first()
    if image is None:
        file = CONTENT / "figures" / f"{name}.png"
        with file.open("rb") as opened:
            image = Image.objects.create(title=name, file=ImageFile(opened, name=file.name))
    return image.pk
