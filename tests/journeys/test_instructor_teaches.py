"""An instructor edits a lesson, previews and publishes it, sees the submissions and grades the manual question."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.running import Installation, wait_for

INSTRUCTOR = "zhang.jun"
TECHNICIAN = "wang.fang"
LESSON = "/courses/chd/city-data-practice/guidance-plan/"
SUBTITLE = "把结论变成诱导屏上的一行字，并说清它的边界。"


def page_id(installation: Installation, slug: str) -> str:
    """Return number of the lesson's page, as the address of its edit screen has it."""
    code = f"from courses.catalog.models import LessonPage as P; print(P.objects.get(slug='{slug}', locale__language_code='zh-hans').pk)"
    return installation.manage("shell", "-v", "0", "-c", code).strip().splitlines()[-1]


def test_instructor_edits_previews_and_publishes_a_lesson(
    installation: Installation, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(INSTRUCTOR)
    edit = f"{installation.portal_url}/admin/pages/{page_id(installation, 'guidance-plan')}/edit/"
    page.goto(edit)

    page.locator("[name=summary]").fill(SUBTITLE)
    page.get_by_role("button", name="预览开关").click()
    preview = page.frame_locator("iframe[data-w-preview-target], iframe[id*=preview]").first
    expect(preview.locator("body")).to_contain_text(SUBTITLE, timeout=30_000)
    page.get_by_role("button", name="更多动作").click()
    with page.expect_navigation():
        page.get_by_role("button", name="发布", exact=True).click()

    page.goto(installation.portal_url + LESSON)
    expect(page.locator("main")).to_contain_text(SUBTITLE)


def test_instructor_grades_the_manual_question(installation: Installation, sign_in: Callable[..., Page]) -> None:
    page = sign_in(INSTRUCTOR)
    page.goto(f"{installation.portal_url}/labs/submissions/")
    page.get_by_role("row").filter(has_text="王芳").filter(has_text="停车诱导").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("学员的作答")

    page.get_by_label("得分").fill("20")
    page.get_by_label("给学员的评语").fill("边界写得清楚。")
    with page.expect_navigation():
        page.get_by_role("button", name="评分", exact=True).click()

    expect(page.locator("main")).to_contain_text(re.compile(r"100\s*/ 100"))
    trainee = sign_in(TECHNICIAN)
    trainee.goto(f"{installation.portal_url}/learning/")
    trainee.get_by_role("link", name="停车诱导").first.click()
    expect(trainee.locator("main")).to_contain_text("边界写得清楚。")
    expect(trainee.locator("main")).to_contain_text(re.compile(r"100\s*/ 100"))


def test_the_technician_is_certified_once_everything_is_graded(
    installation: Installation, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(TECHNICIAN)
    dashboard = f"{installation.portal_url}/learning/"

    def is_certified() -> bool:
        page.goto(dashboard)
        return "城市数据分析实训证书" in page.inner_text("main")

    wait_for(is_certified, 30, "the technician's certificate")
    expect(page.locator("main")).to_contain_text("8学时")


def test_instructor_is_not_let_into_the_trainees_lab(installation: Installation, sign_in: Callable[..., Page]) -> None:
    trainee = sign_in(TECHNICIAN)
    trainee.goto(f"{installation.hub_url}/hub/home")
    own = trainee.evaluate("fetch('/hub/api/user').then(answer => answer.json()).then(me => me.name)")

    page = sign_in(INSTRUCTOR)
    page.goto(f"{installation.hub_url}/hub/home")
    response = page.goto(f"{installation.hub_url}/user/{own}/lab")

    assert response is not None
    assert response.status in (403, 404)
