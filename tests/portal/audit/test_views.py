"""The auditor's pages: who may read what, filters, and an export without formulas."""

from __future__ import annotations

import re
from typing import Any

import pytest

from courses.catalog.models import Lesson
from courses.learning.actions import enroll
from portal.audit.actions import record
from portal.audit.details import in_words
from portal.audit.spreadsheet import safe_cell
from portal.users.actions import grant_role
from portal.users.models import Role, User
from tests.courses.certification.making import AT as RUNNING
from tests.courses.certification.making import make_course, make_run
from tests.people import AT, Province
from tests.portal.organizations.test_views import browser_of


@pytest.mark.parametrize("who", ["official", "hr_province", "administrator", "instructor"])
def test_only_auditors_read(request: pytest.FixtureRequest, world: Province, who: str) -> None:
    client = browser_of(request.getfixturevalue(who))

    assert client.get("/audit/").status_code == 403
    assert client.get("/audit/export.csv").status_code == 403


def test_auditor_reads_filters_and_exports(
    world: Province, auditor: User, official: User, django_assert_max_num_queries: Any
) -> None:
    record(by=official, at=AT, event="users.signed_in", target=official)
    record(by=None, at=AT, event="test.other", details={"name": "=HYPERLINK(1)"})
    client = browser_of(auditor)

    with django_assert_max_num_queries(22):
        page = client.get("/audit/", {"who": "li.wei", "what": "users.signed_in", "last_date": "2026-03-02"})

    text = page.content.decode()
    assert "李伟" in text
    assert list(page.context["page_obj"]) == list(page.context["page_obj"].paginator.object_list)
    assert page.context["page_obj"].paginator.count == 1
    assert client.get("/audit/", {"last_date": "2026-03-01"}).context["page_obj"].paginator.count == 0
    exported = client.get("/audit/export.csv", {"what": "test.other"}).getvalue().decode("utf-8-sig")
    assert "test.other" in exported
    assert "users.signed_in" not in exported


def test_auditor_of_a_county_reads_only_what_concerns_its_people(
    world: Province, official: User, outsider: User, hr_province: User
) -> None:
    local = world.person("audit.xc", "新城审计", world.department_b)
    world.grant(local, "auditor", "region", world.county_b.uuid)
    record(by=official, at=AT, event="test.elsewhere", target=official)
    record(by=hr_province, at=AT, event="test.here", target=outsider)

    client = browser_of(local)
    codes = {event.event for event in client.get("/audit/").context["page_obj"]}

    assert "test.here" in codes
    assert "test.elsewhere" not in codes


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "'=1", " =1", "\n=1", "\u3000=1"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["李伟", "users.signed_in", "2026-03-02", "", None, 3])
def test_plain_cells_stay_as_they_are(text: object) -> None:
    assert safe_cell(text) == ("" if text is None else str(text))


def test_details_are_read_without_program_notation() -> None:
    told = in_words("hr.roster_exported", "filter", {"sort": "hours", "days": 30, "q": ""})
    assert told == "排序 学时 · 天数以内 30"
    assert in_words("test.other", "count", None) == ""
    assert in_words("test.other", "name", "x") == "x"
    assert in_words("users.role_granted", "role", "hr") == str(Role.HR.label)
    assert in_words("learning.lesson_completed", "seconds", 75) == "1 分钟 15 秒"
    assert in_words("learning.hours_credited", "hours", 350) == "3.5"
    assert in_words("users.role_granted", "from", "2026-03-01") == "2026年3月1日"
    assert in_words("assignments.rules_changed", "is_required", True) == "是"
    assert (
        in_words("assignments.rules_changed", "late_curve", [[1, 10], [3, 30]])
        == "第 1 天以前扣 10% · 第 3 天以前扣 30%"
    )
    assert in_words("grading.graded", "score", 750) == "7.5"


def test_sentences_and_details_name_rows_and_no_codes(
    world: Province, auditor: User, official: User, administrator: User
) -> None:
    grant_role(
        user=official, role="hr", scope_kind="region", scope_uuid=world.county_b.uuid, start_date=AT.date(),
        reason="轮岗", by=administrator, at=AT,
    )  # fmt: skip
    course = make_course()
    place = enroll(user=official, run=make_run(course), by=official, at=RUNNING)
    lesson = Lesson.objects.create(course=course, code="l-1", title="数据要素", order=1)
    details = {"lesson": str(lesson.uuid), "seconds": 75}
    record(by=official, at=AT, event="learning.lesson_completed", target=place, details=details)
    client = browser_of(auditor)

    page = client.get("/audit/").content.decode()
    sheet = client.get("/audit/export.csv").getvalue().decode("utf-8-sig")

    assert "角色“人事人员”（新城区）" in page.replace(str(Role.HR.label), "人事人员")
    assert f"学完“{lesson.title}”：" in page
    assert "1 分钟 15 秒" in page and "1 分钟 15 秒" in sheet
    for text in (page.partition("<tbody>")[2].partition("</tbody>")[0], sheet):
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", re.sub(r'href="[^"]*"', "", text))
        for code in ("scope_uuid", "scope_kind", "seconds", "users.role_granted", "enrollment", "region"):
            assert code not in re.sub(r'href="[^"]*"', "", text), code
