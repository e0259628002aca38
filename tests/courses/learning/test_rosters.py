"""Those who look after learners see, enroll, withdraw and export their own, and nobody else's."""

from __future__ import annotations

import io
import uuid

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from courses.catalog.actions import change_run, create_run
from courses.learning.actions import (
    add_requirement,
    enroll,
    enroll_listed,
    meet_requirement,
    open_lesson,
    withdraw_other,
)
from courses.learning.lists import read_list
from courses.learning.models import Enrollment, EnrollmentStatus
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import IdentityChange, IdentityField, User
from tests.counting import asking, costs_the_same
from tests.courses.conftest import NOW, School
from tests.people import Province

ROSTER = "/learning/teaching/gov-1/"


def enter(user: User) -> Client:
    """Return a browser of staff whose second factor is set up."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
    client = Client()
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
    return client


def shown(client: Client, address: str = ROSTER) -> str:
    """Text of a page."""
    return client.get(address).content.decode()


def paste(client: Client, text: str) -> tuple[int, str]:
    """Enroll a list; status and text of the answer."""
    answer = client.post(f"{ROSTER}enroll/", {"people": text})
    return answer.status_code, answer.content.decode()


@pytest.fixture
def learners(school: School, official: User, outsider: User) -> dict[str, Enrollment]:
    """李 of county A and 周 of county B in the run."""
    return {user.username: enroll(user=user, run=school.run, by=user, at=NOW) for user in (official, outsider)}


def test_the_instructor_sees_progress_requirements_and_last_activity(
    school: School, own_instructor: User, learners: dict[str, Enrollment]
) -> None:
    place, lab = learners["li.wei"], uuid.uuid4()
    add_requirement(run=school.run, kind="lab", subject_uuid=lab, label="停车诱导", url="", by=None, at=NOW)
    meet_requirement(enrollment=place, kind="lab", subject_uuid=lab, evidence={}, at=NOW)
    open_lesson(enrollment=place, lesson=school.lessons[0], at=timezone.now())

    page = shown(enter(own_instructor))

    for fact in ("李伟", "周敏", "长安区数据局", "33 %", "停车诱导"):
        assert fact in page
    assert "周敏" not in shown(enter(own_instructor), f"{ROSTER}?q=李")
    assert ROSTER in shown(enter(own_instructor), "/learning/teaching/")


def test_a_foreign_run_is_not_there(school: School, instructor: User, learners: dict[str, Enrollment]) -> None:
    school.appoint(instructor, "instructor", school.foreign_program)
    client = enter(instructor)

    assert "gov-1" not in shown(client, "/learning/teaching/")
    for address in ("", "enroll/", "learners.xlsx", "learners.csv", f"learners/{learners['li.wei'].uuid}/withdraw/"):
        assert client.get(ROSTER + address).status_code == 404
    assert client.post(f"{ROSTER}enroll/", {"people": "wang.fang"}).status_code == 404


def test_a_county_officer_sees_enrolls_and_withdraws_own_people_only(
    school: School, hr_county: User, world: Province, technician: User, learners: dict[str, Enrollment]
) -> None:
    own = world.person("new.one", "新人", world.department_b)
    world.grant(own, "learner", "region", world.county_b.uuid)
    client = enter(hr_county)

    for address in ("", "learners.csv"):
        assert "周敏" in shown(client, ROSTER + address)
        assert "李伟" not in shown(client, ROSTER + address)
    assert paste(client, "wang.fang")[0] == 400
    assert paste(client, "new.one")[0] == 302
    assert client.post(f"{ROSTER}learners/{learners['li.wei'].uuid}/withdraw/").status_code == 404
    assert client.post(f"{ROSTER}learners/{learners['zhou.min'].uuid}/withdraw/").status_code == 302

    present = Enrollment.objects.present().values_list("user__username", flat=True)
    assert set(present) == {"li.wei", "new.one"}


def test_a_lab_author_reads_but_enrolls_nobody(
    school: School, instructor: User, technician: User, learners: dict[str, Enrollment]
) -> None:
    school.appoint(instructor, "lab_author", school.program)
    client = enter(instructor)

    page = shown(client)

    assert "李伟" in page
    assert "/enroll/" not in page
    assert client.get(f"{ROSTER}enroll/").status_code == 403
    with pytest.raises(PermissionDenied):
        enroll_listed(run=school.run, lines=read_list("wang.fang"), by=instructor, at=NOW)
    with pytest.raises(PermissionDenied):
        withdraw_other(enrollment=learners["li.wei"], by=instructor, at=NOW)


def test_a_staff_list_is_enrolled_whole_noted_and_told(
    school: School, own_instructor: User, official: User, technician: User
) -> None:
    status, _ = paste(enter(own_instructor), "李伟\tLI.WEI\t长安区数据局\n\n王芳，wang.fang\n")

    assert status == 302
    assert set(Enrollment.objects.values_list("user", "enrolled_by")) == {
        (official.pk, own_instructor.pk),
        (technician.pk, own_instructor.pk),
    }
    assert AuditEvent.objects.filter(event="learning.enrolled", actor=own_instructor).count() == 2
    assert "张军" in Notice.objects.get(user=official).sentence


def test_one_wrong_line_enrolls_nobody_and_every_wrong_line_is_named(
    school: School, own_instructor: User, technician: User, learners: dict[str, Enrollment]
) -> None:
    text = "wang.fang\n王某某\nnobody.here\nzhang.jun"

    status, page = paste(enter(own_instructor), text)

    assert status == 400
    assert not Enrollment.objects.filter(user=technician).exists()
    assert not Notice.objects.exists()
    rows = BeautifulSoup(page, "html.parser").select("tr:has(td)")
    told = [[cell.get_text(strip=True) for cell in row.select("td")][:2] for row in rows]
    for number, line in enumerate(text.splitlines()[1:], start=2):
        assert [str(number), line] in told
    assert "1" not in [number for number, _ in told]


def test_a_table_with_its_heading_and_with_people_who_need_no_place_is_enrolled_and_they_are_named(
    school: School, own_instructor: User, technician: User, learners: dict[str, Enrollment]
) -> None:
    IdentityChange.objects.create(
        user=technician, field=IdentityField.LOGIN_NAME, before="w.fang", after="wang.fang", changed_at=NOW
    )
    client = enter(own_instructor)
    text = "姓名\t登录名\t单位\n王芳\tW.Fang\t长安区数据局\n李伟\tli.wei\t长安区数据局\n王芳\twang.fang\t"

    response = client.post(f"{ROSTER}enroll/", {"people": text}, follow=True)

    page = response.content.decode()
    assert Enrollment.objects.filter(user=technician).count() == 1
    assert "第 3 行“李伟\tli.wei\t长安区数据局”（已在该班次中）" in page
    assert "第 4 行“王芳\twang.fang”（名单中重复）" in page
    assert "第 1 行" not in page


def test_a_heading_is_told_from_a_person() -> None:
    assert [line.username for line in read_list("Name, Login name, Unit\n李伟, li.wei, x")] == ["li.wei"]
    assert [line.username for line in read_list("登录名\nli.wei")] == ["li.wei"]
    assert [line.username for line in read_list("id.name 张三\nli.wei")] == ["id.name", "li.wei"]


def test_an_officer_is_sent_to_the_account_page_and_sees_the_free_seats(
    school: School, hr_county: User, world: Province, learners: dict[str, Enrollment]
) -> None:
    world.person("no.learner", "新人", world.department_b)
    change_run(run=school.run, fields={"capacity": 200}, by=None, at=NOW)
    client = enter(hr_county)

    assert "请先在其账号页面授予学员角色" in paste(client, "no.learner")[1]
    assert "全班已占 2 / 200 个名额" in shown(client, "/learning/teaching/")
    assert "未开始" in shown(client, f"{ROSTER}learners.csv")
    Enrollment.objects.all().update(status=EnrollmentStatus.WITHDRAWN, withdrawn_at=NOW)
    empty = shown(client)
    assert "还没有学员" in empty
    assert "没有符合条件的人员" not in empty
    assert "没有符合条件的人员" in shown(client, f"{ROSTER}?q=xx")


@pytest.mark.parametrize("change", [{"capacity": 2}, {"enroll_closes_at": NOW.replace(year=NOW.year - 1)}])
def test_the_rules_of_the_run_hold_for_others_too(
    school: School, own_instructor: User, technician: User, learners: dict[str, Enrollment], change: dict[str, object]
) -> None:
    opens = {"enroll_opens_at": NOW.replace(year=NOW.year - 2)}
    change_run(run=school.run, fields={**opens, **change}, by=None, at=NOW)

    assert paste(enter(own_instructor), "wang.fang")[0] == 400
    assert not Enrollment.objects.filter(user=technician).exists()


def test_a_taken_place_is_asked_for_noted_and_told(
    school: School, own_instructor: User, official: User, learners: dict[str, Enrollment]
) -> None:
    client, address = enter(own_instructor), f"{ROSTER}learners/{learners['li.wei'].uuid}/withdraw/"

    assert "李伟" in shown(client, address)
    assert learners["li.wei"].status == EnrollmentStatus.ACTIVE
    client.post(address)

    assert Enrollment.objects.get(user=official).status == EnrollmentStatus.WITHDRAWN
    assert AuditEvent.objects.get(event="learning.withdrawn").actor == own_instructor
    assert "第一期" in Notice.objects.get(user=official).sentence


def test_exports_hold_no_formula_and_leave_a_trace(school: School, own_instructor: User, world: Province) -> None:
    attacker = world.person("attacker", "=cmd|'/C calc'!A0", world.department_a)
    enroll(user=attacker, run=school.run, by=None, at=NOW)
    client = enter(own_instructor)

    book = client.get(f"{ROSTER}learners.xlsx")
    table = shown(client, f"{ROSTER}learners.csv")

    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert all(cell.quotePrefix for cell in cells if cell.data_type == "s")
    assert table.startswith("\ufeff")
    assert "\n'=cmd|" in table
    taken = AuditEvent.objects.filter(event="learning.roster_exported").order_by("pk")
    assert [event.details["format"] for event in taken] == ["xlsx", "csv"]


def test_the_roster_costs_the_same_for_few_and_for_many(
    school: School, own_instructor: User, world: Province, learners: dict[str, Enrollment]
) -> None:
    def grow() -> None:
        for number in range(20):
            person = world.person(f"person.{number}", f"某人{number}", world.department_b)
            enroll(user=person, run=school.run, by=None, at=NOW)

    costs_the_same(asking(enter(own_instructor), ROSTER), row="/learners/", grow=grow, most=45)


def test_the_runs_cost_the_same_for_few_and_for_many(
    school: School, own_instructor: User, world: Province, learners: dict[str, Enrollment]
) -> None:
    window = {
        name: getattr(school.run, name) for name in ("enroll_opens_at", "enroll_closes_at", "starts_at", "ends_at")
    }

    def grow() -> None:
        person = world.person("person.0", "某人", world.department_b)
        for number in range(8):
            fields = {"course": school.course, "code": f"more-{number}", "name": f"班{number}", **window}
            run = create_run(fields=fields, by=None, at=NOW)
            world.grant(own_instructor, "instructor", "run", run.uuid)
            enroll(user=person, run=run, by=None, at=NOW)

    costs_the_same(asking(enter(own_instructor), "/learning/teaching/"), row="/learning/teaching/", grow=grow, most=45)


def test_only_the_nearest_item_of_the_navigation_is_the_readers_place(school: School, own_instructor: User) -> None:
    marked = [item.url for item in enter(own_instructor).get(ROSTER).context["navigation"] if item.current]

    assert marked == ["/learning/teaching/"]
