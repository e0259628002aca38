"""Courses count their labs, and the page of a partner shows the labs that it is responsible for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from courses.catalog.actions import create_course
from courses.catalog.labs import lab_count
from courses.catalog.models import Course, CoursePage, CourseRun
from courses.partners.models import PartnerProgram
from labs.assignments.models import Lab, LabAssignment, LabRelease
from tests.counting import asking, costs_the_same
from tests.courses.conftest import AT, School, publish
from tests.courses.conftest import school as school  # noqa: PLC0414  (a fixture is found by its name)

PARTNER = "/courses/chd/"
DAY = timedelta(days=1)


def make_lab(
    course: Course, code: str, *, program: PartnerProgram | None = None, is_released: bool = True, is_set: bool = True
) -> Lab:
    """Return a lab of the course, released and set in a run unless it is still being written."""
    lab = Lab.objects.create(
        code=code, title=f"实训 {code}", title_en=f"Lab {code}", summary="真实停车数据", course=course, program=program,
        created_at=AT,
    )  # fmt: skip
    if is_released:
        release = LabRelease.objects.create(
            lab=lab, number=1, content_sha256="a" * 64, environment_digest="b" * 64, source_path="s", notebook_path="n",
            created_at=AT,
        )  # fmt: skip
    if is_released and is_set:
        run, _made = CourseRun.objects.get_or_create(
            course=course,
            defaults={
                "code": f"run-{course.code}", "name": "第一期", "enroll_opens_at": AT, "enroll_closes_at": AT + DAY,
                "starts_at": AT, "ends_at": AT + DAY,
            },
        )  # fmt: skip
        LabAssignment.objects.create(lab=lab, run=run, release=release, opens_at=AT, due_at=AT + DAY)
    return lab


def shown(client: Client, address: str) -> str:
    """Text of a page."""
    return client.get(address).content.decode()


def test_cards_and_the_page_of_a_course_count_labs_that_a_run_sets(school: School, client: Client) -> None:
    make_lab(school.course, "one")
    make_lab(school.course, "two")
    make_lab(school.course, "draft", is_released=False)
    make_lab(school.course, "being-tried", is_set=False)

    for address in ("/", "/courses/", PARTNER, "/courses/chd/governance/"):
        assert "2 个实训" in shown(client, address) or "2 labs" in shown(client, address)
    counted = dict(Course.objects.annotate(number=lab_count("pk")).values_list("code", "number"))
    assert counted == {"governance": 2, "foreign": 0}


def test_a_partner_shows_its_own_labs_and_no_others(school: School, client: Client) -> None:
    make_lab(school.course, "own")
    make_lab(school.course, "draft", is_released=False)
    make_lab(school.course, "lent", program=school.foreign_program)
    make_lab(school.foreign_course, "foreign")

    page = shown(client, PARTNER)

    assert "实训 own" in page
    for other in ("draft", "lent", "foreign"):
        assert f"实训 {other}" not in page


def test_the_english_page_shows_them_too(school: School, client: Client) -> None:
    make_lab(school.course, "own")
    for page in school.page(school.course, "en").get_ancestors().filter(depth=4):
        page.specific.save_revision().publish()

    assert "Lab own" in shown(client, f"/en{PARTNER}")


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_a_lab_of_a_course_that_not_everybody_may_see_is_not_shown(
    school: School, client: Client, is_withdrawn: bool
) -> None:
    make_lab(school.course, "own")
    page = school.page(school.course)
    if is_withdrawn:
        page.unpublish()
    else:
        PageViewRestriction.objects.create(page=page, restriction_type="login")

    assert "实训 own" not in shown(client, PARTNER)


@pytest.mark.parametrize(("address", "row"), [("/courses/", "/courses/chd/"), (PARTNER, "实训 ")])
def test_labs_cost_the_same_for_few_and_for_many(school: School, client: Client, address: str, row: str) -> None:
    make_lab(school.course, "first")

    def grow() -> None:
        for number in range(6):
            fields = {"code": f"more-{number}", "title": f"课程{number}", "program": school.program, "hours": 100}
            course = create_course(fields=fields, by=None, at=AT)
            publish(CoursePage.objects.get(course=course, locale__language_code="zh-hans"))
            make_lab(course, f"lab-{number}")

    costs_the_same(asking(client, address), row=row, grow=grow, most=20)
