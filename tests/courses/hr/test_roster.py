"""Personnel officers see the people of their own scope, whole and narrowed, and nobody else, by no way."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from courses.certification.actions import award_after_revocation, revoke_award
from courses.certification.models import AwardDocument, CertificationAward
from courses.hr.queries import RosterFilter, roster
from portal.audit.models import AuditEvent
from portal.organizations.models import JobAssignment
from portal.users.models import User
from tests.counting import asking, costs_the_same
from tests.courses.certification.making import AT, certify, complete, make_certification, make_course, make_run
from tests.people import Province

HEADERS = 1


def enter(client: Client, user: User) -> Client:
    """Sign in as staff whose second factor is set up."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
    return client


def lines(response: Any) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=1 + HEADERS)]


def everything(response: Any) -> list[Any]:
    """Every cell of every sheet."""
    book = load_workbook(io.BytesIO(response.content))
    return [cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]


@pytest.fixture
def awards(official: User, outsider: User) -> dict[str, CertificationAward]:
    """李 of county A and 周 of county B, both certified."""
    course = make_course()
    run, certification = make_run(course), make_certification(course)
    return {"a": certify(official, run, certification), "b": certify(outsider, run, certification)}


def test_the_province_sees_everybody_with_hours_and_certificate(
    client: Client, hr_province: User, awards: dict[str, CertificationAward]
) -> None:
    page = enter(client, hr_province).get("/hr/").content.decode()

    for fact in ("李伟", "周敏", awards["a"].serial, awards["b"].serial, "智慧城市治理与数据要素"):
        assert fact in page


@pytest.mark.parametrize(
    "query",
    [
        "", "?q=李", "?q=li.wei", "?place=region:610116", "?certification=ZHZL", "?state=valid", "?state=none",
        "?sort=-expires", "?sort=password", "?page=2", "?page=99", "?days=3650", "?state=expiring&days=3650",
    ],
)  # fmt: skip
def test_a_county_never_sees_another_county(
    client: Client, hr_county: User, official: User, technician: User, awards: dict[str, CertificationAward], query: str
) -> None:
    enter(client, hr_county)

    listed = client.get(f"/hr/{query}").content.decode()
    response = client.get(f"/hr/export.xlsx{query}")
    exported = str(everything(response)) if response.status_code == 200 else str(response.headers)

    for text in (listed, exported):
        for secret in ("李伟", str(official.uuid), "王芳", awards["a"].serial, "长安区"):
            assert secret not in text


def test_a_county_cannot_name_a_foreign_unit(
    client: Client, hr_county: User, world: Province, awards: dict[str, CertificationAward]
) -> None:
    enter(client, hr_county)

    page = client.get(f"/hr/?place=unit:{world.department_a.uuid}").content.decode()
    counted = roster(hr_county, timezone.localdate(), RosterFilter(place=f"unit:{world.department_a.uuid}"))

    assert "李伟" not in page
    assert counted.count() == 0


def test_a_county_opens_no_foreign_person_certificate_or_change(
    client: Client, hr_county: User, official: User, awards: dict[str, CertificationAward]
) -> None:
    enter(client, hr_county)
    AwardDocument.objects.create(award=awards["a"], path="x.pdf", sha256="0" * 64, rendered_at=AT)

    for address in (
        f"/hr/people/{official.uuid}/",
        f"/certificates/{awards['a'].uuid}/certificate.pdf",
        f"/certificates/{awards['a'].uuid}/revoke/",
        f"/certificates/{awards['a'].uuid}/replace/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, {"reason": "x"}).status_code in (404, 405)
    assert not hasattr(CertificationAward.objects.get(pk=awards["a"].pk), "revocation")


def test_the_numbers_of_the_summary_are_of_the_own_scope(
    client: Client, hr_county: User, hr_province: User, awards: dict[str, CertificationAward]
) -> None:
    # 周 and 赵 work in county B; 李 and 陈 in county A.
    county = enter(client, hr_county).get("/hr/summary/")
    whole = enter(client, hr_province).get("/hr/summary/").context["whole"]

    assert (county.context["whole"].people, county.context["whole"].certified) == (2, 1)
    assert "长安区" not in county.content.decode()
    assert (whole.people, whole.certified) == (4, 2)


def test_regions_add_up_as_a_tree_and_a_single_person_has_no_line(
    client: Client, world: Province, hr_county: User, hr_province: User, awards: dict[str, CertificationAward]
) -> None:
    world.person("wu.di", "吴迪", world.university)
    response = enter(client, hr_province).get("/hr/summary/")
    rows = [(one.name, one.depth, one.own.people, one.whole.people) for one in response.context["regions"]]

    # The province has no unit of its own, the city one (with one person), each county one with two people. The one
    # person is told together with a county: the city's sum without both counties would be that person.
    assert rows == [("陕西省", 0, 0, 5), ("西安市", 1, 1, 5), ("长安区", 2, 2, 2)]
    page = response.content.decode()
    assert "含下级" in page
    assert "长安大学" not in page
    assert "2 个单位，合并显示" in page
    assert "长安区数据局" in page

    county = enter(client, hr_county).get("/hr/summary/")
    assert [one.name for one in county.context["regions"]] == ["新城区"]


def test_learners_and_instructors_are_refused(client: Client, official: User) -> None:
    client.force_login(official)

    for address in ("/hr/", "/hr/summary/", "/hr/export.xlsx"):
        assert client.get(address).status_code == 403


def test_an_auditor_reads_but_changes_nothing(
    client: Client, auditor: User, official: User, awards: dict[str, CertificationAward]
) -> None:
    enter(client, auditor)

    page = client.get(f"/hr/people/{official.uuid}/").content.decode()

    assert awards["a"].serial in page
    assert "/revoke/" not in page
    assert client.get(f"/certificates/{awards['a'].uuid}/revoke/").status_code == 403


def test_filters_narrow_by_state(hr_province: User, official: User, outsider: User, technician: User) -> None:
    course = make_course()
    run, certification = make_run(course), make_certification(course, months=12)
    certify(official, run, certification)
    revoked = certify(outsider, run, certification)
    revoke_award(award=revoked, reason="冒名顶替", by=hr_province, at=AT + timedelta(days=1))
    soon, later = (AT + timedelta(days=300)).date(), (AT + timedelta(days=400)).date()

    def names(on: Any, **fields: Any) -> set[str]:
        return {person.name for person in roster(hr_province, on, RosterFilter(**fields))} - {"陈静"}

    assert names(soon, state="valid") == {"李伟"}
    assert names(soon, state="expiring") == {"李伟"}
    assert names(soon, state="expiring", days=10) == set()
    assert names(later, state="expired") == {"李伟"}
    assert names(soon, state="revoked") == {"周敏"}
    assert names(soon, state="none") == {"王芳"}
    assert names(soon, state="lacking") == {"周敏", "王芳"}
    assert names(later, state="lacking") == {"李伟", "周敏", "王芳"}
    again = award_after_revocation(award=revoked, reason="误撤", by=hr_province, at=AT + timedelta(days=2))
    assert again.pk != revoked.pk
    assert names(soon, state="revoked") == set()
    assert names(soon, state="lacking") == {"王芳"}
    assert names(soon, certification="ZHZL") == {"李伟", "周敏"}
    assert names(soon, q="王") == {"王芳"}


def test_a_transfer_moves_the_person_and_the_awards_to_the_new_county(
    client: Client, hr_county: User, official: User, world: Province, awards: dict[str, CertificationAward]
) -> None:

    JobAssignment.objects.filter(user=official).update(end_date=timezone.localdate() - timedelta(days=1))
    JobAssignment.objects.create(
        user=official, organization=world.department_b, position=world.position, start_date=timezone.localdate()
    )

    page = enter(client, hr_county).get("/hr/").content.decode()

    assert "李伟" in page
    assert awards["a"].serial in page


def test_the_list_costs_the_same_for_few_and_for_many(client: Client, hr_province: User, world: Province) -> None:
    course = make_course()
    run, certification = make_run(course), make_certification(course)
    enter(client, hr_province)
    certify(world.person("first", "某人", world.department_a), run, certification)

    def grow() -> None:
        for number in range(30):
            certify(world.person(f"person.{number}", f"某人{number}", world.department_b), run, certification)

    costs_the_same(asking(client, "/hr/"), row="某人", grow=grow, most=40)


def test_nothing_in_the_workbook_is_a_formula(client: Client, hr_province: User, world: Province) -> None:
    attacks = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1", "－1", "＠A1", "'=1", '=HYPERLINK("http://x")', "\x01=1"]  # fmt: skip
    for number, attack in enumerate(attacks):
        world.person(f"attacker.{number}", attack, world.department_b)
    course = make_course(code="attack", title="=cmd|'/C calc'!A0")
    complete(User.objects.get(username="attacker.0"), make_run(course, code="attack"))

    response = enter(client, hr_province).get("/hr/export.xlsx")
    sheet = load_workbook(io.BytesIO(response.content)).active

    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    texts = [cell for cell in cells if cell.data_type == "s"]
    assert all(cell.number_format == "@" and cell.quotePrefix for cell in texts)
    assert not any(str(cell.value)[0] in "\t\r\n" for cell in texts)
    assert sum(cell.value == "=1+1" for cell in texts) == 3
    assert b"<f>" not in response.content


def test_an_export_leaves_a_trace(client: Client, hr_county: User, outsider: User) -> None:
    response = enter(client, hr_county).get("/hr/export.xlsx?q=周")

    event = AuditEvent.objects.get(event="hr.roster_exported")
    assert (event.actor_id, event.details) == (hr_county.pk, {"people": 1, "filter": {"q": "周", "sort": "unit"}})
    assert response.headers["Content-Type"].endswith("sheet")
    assert [line[0] for line in lines(response)] == ["周敏"]
