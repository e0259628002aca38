"""Authors work on their own program's pages and rows, and reach no others by any address."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.catalog.actions import change_course
from courses.catalog.models import Course, CoursePage, LessonPage
from courses.learning.actions import enroll
from courses.learning.models import LessonProgress
from portal.audit.models import AuditEvent
from portal.users.models import User
from portal.users.wagtail_groups import sync_groups
from tests.courses.conftest import NOW, School
from tests.courses.learning.test_views import signed_in

PAGE_ADDRESSES = [
    "wagtailadmin_pages:edit",
    "wagtailadmin_pages:preview_on_edit",
    "wagtailadmin_pages:view_draft",
    "wagtailadmin_pages:copy",
    "wagtailadmin_pages:delete",
    "wagtailadmin_pages:unpublish",
    "wagtailadmin_pages:move",
    "wagtailadmin_pages:history",
    "wagtailadmin_pages:workflow_history",
    "wagtailadmin_pages:usage",
    "wagtailadmin_pages:set_privacy",
    "wagtailadmin_pages:convert_alias",
]


@pytest.fixture
def author(own_instructor: User) -> Client:
    """张's browser, with a second factor set up."""
    Authenticator.objects.create(user=own_instructor, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return signed_in(own_instructor)


def _is_refused(response: Any) -> bool:
    return response.status_code in (403, 404, 405) or (
        response.status_code == 302 and response.headers["Location"] == reverse("wagtailadmin_home")
    )


@pytest.mark.parametrize("name", PAGE_ADDRESSES)
def test_no_address_opens_a_page_of_another_program(school: School, author: Client, name: str) -> None:
    page = school.page(school.foreign_course)

    response = author.get(reverse(name, args=[page.pk]))

    assert _is_refused(response), response.status_code
    assert "外单位的课程" not in response.content.decode()


def test_revisions_of_another_program_stay_closed(school: School, author: Client) -> None:
    page = school.page(school.foreign_course)
    revision = page.latest_revision_id

    for name in ("revisions_view", "revisions_revert"):
        assert _is_refused(author.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk, revision])))
    compared = author.get(reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "earliest", "latest"]))
    assert _is_refused(compared)


@pytest.mark.parametrize("name", ["wagtailadmin_pages:edit", "wagtailadmin_pages:view_draft"])
def test_own_pages_open(school: School, author: Client, name: str) -> None:
    response = author.get(reverse(name, args=[school.page(school.lessons[0]).pk]))

    assert response.status_code == 200


def test_nobody_copies_a_lesson_page(school: School, author: Client) -> None:
    assert _is_refused(author.get(reverse("wagtailadmin_pages:copy", args=[school.page(school.lessons[0]).pk])))


def test_another_programs_draft_is_nowhere_in_the_admin_search(school: School, author: Client) -> None:
    response = author.get(reverse("wagtailadmin_pages:search"), {"q": "外单位"})

    assert "外单位的课程" not in response.content.decode()


@pytest.mark.parametrize("name", ["edit", "history", "history_results", "usage", "delete"])
def test_no_address_opens_a_row_of_another_program(school: School, author: Client, name: str) -> None:
    response = author.get(reverse(f"course:{name}", args=[school.foreign_course.pk]))

    assert _is_refused(response)


def test_lists_show_own_rows_alone(school: School, author: Client) -> None:
    for address in (
        reverse("course:index"),
        reverse("course:index_results") + "?q=",
        reverse("course:index") + "?export=csv",
    ):
        body = b"".join(author.get(address)).decode()
        assert "外单位的课程" not in body
    assert "智慧城市治理" in author.get(reverse("course:index")).content.decode()


def test_an_instructor_makes_a_course_and_its_draft_page_without_a_shell(
    school: School, author: Client, own_instructor: User
) -> None:
    fields = {"code": "new-course", "title": "新课程", "title_en": "New", "program": school.program.pk, "hours": "1.5"}

    response = author.post(reverse("course:add"), fields)

    course = Course.objects.get(code="new-course")
    page = CoursePage.objects.get(course=course, locale__language_code="zh-hans")
    assert response.status_code == 302
    assert course.hours == 150
    assert ">1.5<" in "".join(author.get(reverse("course:index")).content.decode().split())
    assert not page.live
    assert page.permissions_for_user(own_instructor).can_publish()
    assert AuditEvent.objects.filter(
        event="catalog.course_created", target_uuid=course.uuid, actor=own_instructor
    ).exists()


def test_an_instructor_makes_no_course_for_another_program(school: School, author: Client) -> None:
    fields = {"code": "stolen", "title": "x", "program": school.foreign_program.pk, "hours": "2"}

    author.post(reverse("course:add"), fields)

    assert not Course.objects.filter(code="stolen").exists()


def test_a_lesson_gets_its_draft_pages_in_both_languages(school: School, author: Client) -> None:
    fields = {
        "course": school.course.pk,
        "code": "third",
        "title": "第三课",
        "title_en": "Third",
        "order": 3,
        "minimum_seconds": 60,
        "is_required": "on",
    }

    author.post(reverse("lesson:add"), fields)

    pages = LessonPage.objects.filter(lesson__code="third").order_by("pk")
    assert [(page.title, page.live) for page in pages] == [("第三课", False), ("Third", False)]
    assert pages[0].translation_key == pages[1].translation_key
    assert author.get("/courses/chd/governance/third/").status_code == 404


def test_a_course_that_passes_to_another_program_leaves_its_authors(school: School, own_instructor: User) -> None:
    change_course(course=school.course, fields={"program": school.foreign_program}, by=None, at=NOW)

    fresh = User.objects.get(pk=own_instructor.pk)
    assert not school.page(school.course).permissions_for_user(fresh).can_edit()


def test_an_edit_and_publication_by_form_are_audited(school: School, author: Client, own_instructor: User) -> None:
    page = school.page(school.lessons[0])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = {
        "title": "改过的第一课",
        "slug": page.slug,
        "summary": "",
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "heading",
        "body-0-id": page.body[0].id,
        "body-0-value": "新标题",
        "seo_title": "",
        "search_description": "",
    }

    response = author.post(edit, data)

    page.refresh_from_db()
    assert response.status_code == 302, response.context["form"].errors
    assert page.title == "改过的第一课"
    assert AuditEvent.objects.filter(event="wagtail.publish", actor=own_instructor, facts__id=page.pk).exists()


def test_a_lab_authors_change_is_published_by_an_administrator(
    school: School, instructor: User, administrator: User
) -> None:
    school.appoint(instructor, "lab_author", school.program)
    sync_groups(administrator, timezone.localdate())
    page = school.page(school.lessons[0])
    page.title = "送审的标题"
    page.save_revision(user=instructor)

    state = page.get_workflow().start(page, instructor)
    task_state = state.current_task_state
    assert task_state.task.specific.user_can_access_editor(page, administrator)
    assert not task_state.task.specific.get_actions(page, instructor)
    task_state.approve(user=administrator)

    assert school.page(school.lessons[0]).title == "送审的标题"


def test_a_preview_shows_the_draft_to_its_author_alone(school: School, author: Client, official: User) -> None:
    page = school.page(school.lessons[0])
    page.title = "草稿里的标题"
    page.save_revision()
    address = reverse("wagtailadmin_pages:view_draft", args=[page.pk])

    assert "草稿里的标题" in author.get(address).content.decode()
    assert signed_in(official).get(address).status_code in (302, 403)
    assert "草稿里的标题" not in Client().get("/courses/chd/governance/lesson-1/").content.decode()


def test_a_run_that_ends_before_it_begins_is_refused_at_its_field(school: School, author: Client) -> None:
    fields = {
        "course": school.course.pk,
        "code": "backwards",
        "name": "班次",
        "delivery": "online",
        "enroll_opens_at": "2026-12-01 09:00",
        "enroll_closes_at": "2026-12-10 09:00",
        "starts_at": "2026-12-20 09:00",
        "ends_at": "2026-12-15 09:00",
    }

    response = author.post(reverse("run:add"), fields)

    errors = response.context["form"].errors
    assert errors == {"ends_at": ["教学结束时间应晚于教学开始时间。"]}
    assert "约束" not in response.content.decode()


def test_whom_a_requirement_touches_is_shown_before_it_is_changed(
    school: School, author: Client, official: User
) -> None:
    first, second = school.lessons
    place = enroll(user=official, run=school.run, by=official, at=NOW)
    LessonProgress.objects.create(enrollment=place, lesson=first, started_at=NOW, last_beat_at=NOW, completed_at=NOW)
    address = reverse("lesson:edit", args=[second.pk])
    fields = {"title": second.title, "title_en": second.title_en, "order": second.order, "minimum_seconds": 20}

    asked = author.post(address, fields).content.decode()

    assert "1 名在学学员将重新计算" in asked
    assert f"1 人因此完成课程，随即记入学时并发证：{official.name}" in asked
    assert type(second).objects.get(pk=second.pk).is_required
    assert LessonProgress.objects.filter(enrollment=place).count() == 1

    form = BeautifulSoup(asked, "html.parser").select_one("main form[method=post]")
    assert form is not None
    carried = {str(one["name"]): str(one.get("value", "")) for one in form.find_all("input")}
    assert carried["confirmed"] == "yes"
    author.post(address, carried)

    assert not type(second).objects.get(pk=second.pk).is_required
    again = author.post(address, fields | {"is_required": "on"}).content.decode()
    assert "还有 1 人须学完本讲" in again
    assert not type(second).objects.get(pk=second.pk).is_required
