"""Lists, totals and exports of personnel agree with each other, and what they leave out is said."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from courses.certification.models import CertificationAward
from courses.hr.queries import RosterFilter, roster
from portal.users.models import User
from tests.courses.certification.making import AT, certify, make_certification, make_course, make_run
from tests.courses.hr.test_roster import enter, everything, lines
from tests.people import Province


@pytest.fixture
def awards(official: User, outsider: User) -> dict[str, CertificationAward]:
    """李 of county A and 周 of county B, both certified."""
    course = make_course()
    run, certification = make_run(course), make_certification(course)
    return {"a": certify(official, run, certification), "b": certify(outsider, run, certification)}


def test_hours_stand_once_per_person_and_add_up_to_the_summary_without_deactivated_people(
    client: Client, hr_province: User, official: User, outsider: User
) -> None:
    now, course = timezone.now(), make_course()
    run, certification = make_run(course), make_certification(course)
    first = certify(official, run, certification, now)
    certify(outsider, run, certification, now)
    other = make_course(code="second", title="数据安全")
    certify(official, make_run(other, code="second"), make_certification(other, code="AQ"), now)
    enter(client, hr_province)

    def added() -> tuple[float, int]:
        rows = lines(client.get("/hr/export.xlsx"))
        return sum(row[8] for row in rows), len(rows)

    whole = client.get("/hr/summary/").context["whole"]
    assert added() == (whole.hours / 100, whole.people)
    assert whole.hours > 0
    assert str(everything(client.get("/hr/export.xlsx"))).count(first.serial) == 2

    User.objects.filter(pk=outsider.pk).update(is_active=False, deactivated_at=AT)
    page = client.get("/hr/summary/")
    assert "1 名已停用人员未计入" in page.content.decode()
    assert page.context["whole"].people == whole.people - 1
    assert added() == (page.context["whole"].hours / 100, whole.people - 1)
    listed = client.get("/hr/").content.decode()
    assert "周敏" not in listed
    assert "另有 1 名已停用人员未列出" in listed
    assert "周敏" in client.get("/hr/?closed=on").content.decode()


def test_the_summary_is_narrowed_to_one_certification(
    client: Client, hr_province: User, awards: dict[str, CertificationAward]
) -> None:
    make_certification(make_course(code="second", title="数据安全"), code="AQ")
    enter(client, hr_province)

    assert client.get("/hr/summary/?certification=ZHZL").context["whole"].certified == 2
    other = client.get("/hr/summary/?certification=AQ")
    assert other.context["whole"].people == client.get("/hr/summary/").context["whole"].people
    assert other.context["whole"].certified == 0
    assert "?state=lacking&amp;certification=AQ" in other.content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?state=none&days=30", "只有有效证书才会到期"),
        ("?days=0", "至少 1 天"),
        ("?days=x", "请填写整数天数"),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_and_lists_nobody(
    client: Client, hr_province: User, awards: dict[str, CertificationAward], query: str, said: str
) -> None:
    enter(client, hr_province)

    refused = client.get(f"/hr/{query}")

    assert refused.status_code == 400
    assert said in refused.content.decode()
    assert "李伟" not in refused.content.decode()
    assert client.get(f"/hr/export.xlsx{query}").status_code == 302


def test_training_and_account_of_a_person_lead_to_each_other(client: Client, hr_province: User, official: User) -> None:
    enter(client, hr_province)

    assert f"/personnel/{official.uuid}/" in client.get(f"/hr/people/{official.uuid}/").content.decode()
    assert f"/hr/people/{official.uuid}/" in client.get(f"/personnel/{official.uuid}/").content.decode()


def test_names_stand_in_the_order_of_pinyin(hr_province: User, world: Province) -> None:
    for number, name in enumerate(["赵一", "艾青", "张三", "王芳", "陈静"]):
        world.person(f"order.{number}", name, world.department_b)

    def names(sort: str) -> list[str]:
        people = roster(hr_province, timezone.localdate(), RosterFilter(sort=sort, q="order."))
        return [person.name for person in people]

    assert names("name") == ["艾青", "陈静", "王芳", "张三", "赵一"]
    assert names("-name") == names("name")[::-1]
    assert names("unit") == names("name")
