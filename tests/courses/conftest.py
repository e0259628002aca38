"""A small school: a site in two languages, two partners with a program each, a course with two lessons, a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, Page

from courses.catalog.actions import create_course, create_lesson, create_run
from courses.catalog.models import Course, CourseIndexPage, CoursePage, CourseRun, Lesson, LessonPage
from courses.partners.actions import ProgramTerms, create_partner, create_program, make_partner_page
from courses.partners.models import PartnerProgram
from portal.organizations.models import Organization
from portal.pages.actions import Words, add_page, build_site
from portal.pages.models import HomePage
from portal.users.actions import grant_role
from portal.users.models import User
from tests.people import AT, Province

NOW = datetime.now().astimezone().replace(microsecond=0)


@dataclass
class School:
    """What the tests of courses stand on."""

    homes: dict[str, HomePage]
    program: PartnerProgram
    foreign_program: PartnerProgram
    course: Course
    lessons: list[Lesson]
    run: CourseRun
    foreign_course: Course

    def page(self, row: Course | Lesson, language: str = "zh-hans") -> Any:
        """Return the page of a course or lesson."""
        if isinstance(row, Course):
            return CoursePage.objects.get(course=row, locale__language_code=language)
        return LessonPage.objects.get(lesson=row, locale__language_code=language)

    def appoint(self, user: User, role: str, program: PartnerProgram, end: date | None = None) -> None:
        """Give an author's role in a program, by the action that gives it."""
        grant_role(
            user=user,
            role=role,
            scope_kind="program",
            scope_uuid=program.uuid,
            start_date=date(2026, 1, 1),
            end_date=end,
            by=None,
            at=NOW,
        )


def publish(page: Page, **fields: Any) -> Page:
    """Fill and publish a draft."""
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return page


def _program(code: str, organization: Organization, index: Page, twin: Page) -> PartnerProgram:
    partner = create_partner(code=code, organization=organization, name=f"{code} 大学", texts={}, by=None, at=AT)
    publish(make_partner_page(partner=partner, index=index, translated_index=twin))
    terms = ProgramTerms(f"{code} 项目", date(2026, 1, 1), "周立新", "院长")
    return create_program(partner=partner, code=f"{code}-2026", terms=terms, by=None, at=AT)


def _course(code: str, title: str, program: PartnerProgram) -> Course:
    fields = {"code": code, "title": title, "title_en": f"Course {code}", "program": program, "hours": 400}
    return create_course(fields=fields, by=None, at=AT)


def plant_roots() -> None:
    """Make anew what Wagtail's migrations made, after a test that emptied every table."""
    if Page.get_first_root_node() is None:
        Page.add_root(title="Root", slug="root", content_type=ContentType.objects.get_for_model(Page))
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")


@pytest.fixture
def school(world: Province) -> School:
    """Return the school, with its course published in Chinese."""
    plant_roots()
    homes = build_site(words={"zh-hans": Words("城学", {}), "en": Words("Chengxue", {})})
    index = add_page(parent=homes["zh-hans"], page=CourseIndexPage(title="课程", slug="courses", show_in_menus=True))
    twin = add_page(
        parent=homes["en"], page=CourseIndexPage(title="Courses", slug="courses", show_in_menus=True), twin_of=index
    )
    program = _program("chd", world.university, index, twin)
    foreign = _program("nwu", world.department_b, index, twin)
    course = _course("governance", "智慧城市治理", program)
    publish(CoursePage.objects.get(course=course, locale__language_code="zh-hans"), summary="数据要素入门")
    lessons = []
    for order in (1, 2):
        fields = {
            "course": course,
            "code": f"lesson-{order}",
            "title": f"第{order}课",
            "order": order,
            "minimum_seconds": 60,
        }
        lesson = create_lesson(fields=fields, by=None, at=AT)
        body = [("heading", "授权运营"), ("paragraph", "<p>原始数据不出域。</p>")]
        publish(LessonPage.objects.get(lesson=lesson, locale__language_code="zh-hans"), body=body)
        lessons.append(lesson)
    window = {
        "enroll_opens_at": NOW - timedelta(days=2),
        "enroll_closes_at": NOW + timedelta(days=2),
        "starts_at": NOW - timedelta(days=1),
        "ends_at": NOW + timedelta(days=30),
    }
    run = create_run(fields={"course": course, "code": "gov-1", "name": "第一期", **window}, by=None, at=AT)
    return School(homes, program, foreign, course, lessons, run, _course("foreign", "外单位的课程", foreign))


@pytest.fixture
def own_instructor(school: School, instructor: User) -> User:
    """张, instructor of the first program."""
    school.appoint(instructor, "instructor", school.program)
    return instructor


def group_names(user: User) -> set[str]:
    """Names of the user's groups."""
    return set(Group.objects.filter(user=user).values_list("name", flat=True))
