"""Pages of accounts and units, through HTTP."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from courses.partners.models import Partner, PartnerProgram
from portal.organizations.models import Organization
from portal.users.actions import deactivate_user, reactivate_user
from portal.users.actions.slips import SlipNotValid, make_password_slip, set_password_with_slip
from portal.users.models import RoleGrant, User
from portal.users.rights import roles_of
from tests.counting import asking, costs_the_same
from tests.people import AT, Province

TODAY = AT.date()


def browser_of(user: User) -> Client:
    """Return a signed-in browser of somebody who has a second factor."""
    Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"secret": "x"}})
    client = Client()
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
    return client


def test_officer_makes_an_account_prints_a_slip_and_the_person_signs_in(world: Province, hr_county: User) -> None:
    officer = browser_of(hr_county)
    made = officer.post(
        "/personnel/new/",
        {
            "username": "x2026001",
            "name": "新人",
            "organization": world.department_b.pk,
            "position": world.position.pk,
            "start_date": "2026-03-01",
        },
    )
    page = officer.post(made.headers["Location"] + "slip/")
    code = re.search(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", page.content.decode())
    assert code
    assert "no-store" in page.headers["Cache-Control"]
    anonymous = Client()
    password = "我的新密码 2026 年"

    weak = anonymous.post(
        "/accounts/first-login/",
        {"username": "x2026001", "code": code[0], "password": "123456", "repeated": "123456"},
    )
    done = anonymous.post(
        "/accounts/first-login/",
        {"username": "X2026001", "code": code[0].lower(), "password": password, "repeated": password},
    )
    again = anonymous.post(
        "/accounts/first-login/",
        {"username": "x2026001", "code": code[0], "password": password, "repeated": password},
    )
    anonymous.post("/accounts/login/", {"login": "X2026001", "password": password})

    assert weak.status_code == 400
    assert done.status_code == 302
    assert done.headers["Location"] == "/accounts/login/"
    assert again.status_code == 400
    own = anonymous.get("/account/")
    assert own.status_code == 200
    assert "新城区数据局" in own.content.decode()


@pytest.mark.parametrize("name", ["610116199001011234", "13800138000", "a13800138000", "张三", "1abc", "x"])
def test_login_names_that_tell_who_one_is_are_refused(world: Province, hr_county: User, name: str) -> None:
    answer = browser_of(hr_county).post(
        "/personnel/new/",
        {
            "username": name,
            "name": "新人",
            "organization": world.department_b.pk,
            "position": world.position.pk,
            "start_date": "2026-03-01",
        },
    )

    assert answer.status_code == 400
    assert not User.objects.filter(username=name).exists()


def test_unit_of_another_county_is_no_choice(world: Province, hr_county: User) -> None:
    answer = browser_of(hr_county).post(
        "/personnel/new/",
        {
            "username": "x2026009",
            "name": "新人",
            "organization": world.department_a.pk,
            "position": world.position.pk,
            "start_date": "2026-03-01",
        },
    )

    assert answer.status_code == 400
    assert "长安区数据局" not in browser_of(hr_county).get("/personnel/new/").content.decode()


@pytest.mark.parametrize("path", ["", "slip/", "deactivate/", "roles/new/", "post/", "second-factor/"])
def test_people_of_another_county_do_not_exist_for_the_officer(
    world: Province, hr_county: User, official: User, path: str
) -> None:
    client = browser_of(hr_county)

    assert client.get(f"/personnel/{official.uuid}/{path}").status_code in (404, 405)
    assert client.post(f"/personnel/{official.uuid}/{path}").status_code in (404, 405)
    official.refresh_from_db()
    assert official.is_active


def test_list_shows_only_people_in_reach_and_takes_few_queries(
    world: Province, hr_county: User, official: User, outsider: User
) -> None:
    client = browser_of(hr_county)

    def grow() -> None:
        for number in range(8):
            person = world.person(f"n{number}", f"人{number}", world.department_b)
            world.grant(person, "learner", "region", world.county_b.uuid)

    costs_the_same(asking(client, "/personnel/"), row='href="/personnel/', grow=grow, most=26)

    text = client.get("/personnel/").content.decode()
    assert "周敏" in text
    assert "李伟" not in text
    assert "长安区数据局" not in text
    assert "周敏" in client.get("/personnel/?q=zhou").content.decode()
    assert "周敏" not in client.get("/personnel/?q=li.wei").content.decode()
    assert client.get(f"/personnel/?organization={world.department_a.uuid}").context["lines"] == []
    assert client.get("/personnel/?organization=x'--&page=999999&state=zzz").status_code == 200


def test_administrator_gives_and_takes_a_role(world: Province, administrator: User, outsider: User) -> None:
    client = browser_of(administrator)

    given = client.post(
        f"/personnel/{outsider.uuid}/roles/new/",
        {"role": "auditor", "scope": f"region:{world.county_b.uuid}", "start_date": "2026-03-01", "reason": "轮岗"},
    )
    assert given.status_code == 302
    assert roles_of(outsider, TODAY) == {"learner", "auditor"}
    grant = RoleGrant.objects.get(user=outsider, role="auditor")
    assert "新城区" in client.get(f"/personnel/{outsider.uuid}/roles/{grant.uuid}/").content.decode()
    client.post(f"/personnel/{outsider.uuid}/roles/{grant.uuid}/", {"reason": "结束"})

    assert roles_of(outsider, TODAY) == {"learner"}


def test_administrator_gives_a_role_in_a_program(world: Province, administrator: User, instructor: User) -> None:
    partner = Partner.objects.create(code="chd", organization=world.university, name="长安大学")
    program = PartnerProgram.objects.create(
        code="chd-2026", partner=partner, name="智慧交通合作项目", start_date="2026-01-01", signatory_name="x"
    )
    client = browser_of(administrator)
    address = f"/personnel/{instructor.uuid}/roles/new/"

    assert "智慧交通合作项目" in client.get(address, {"role": "instructor"}).content.decode()
    client.post(address, {"role": "instructor", "scope": f"program:{program.uuid}", "start_date": "2026-03-01"})

    assert roles_of(instructor, TODAY) == {"instructor"}


def test_officer_is_offered_only_the_learners_role(world: Province, hr_county: User, outsider: User) -> None:
    client = browser_of(hr_county)
    address = f"/personnel/{outsider.uuid}/roles/new/"

    answer = client.post(
        address,
        {
            "role": "administrator",
            "scope": f"region:{world.county_b.uuid}",
            "start_date": "2026-03-01",
            "is_superuser": "on",
            "is_staff": "on",
        },
    )

    assert answer.status_code == 400
    assert [value for value, _ in client.get(address).context["form"].fields["role"].choices] == ["learner"]
    assert roles_of(outsider, TODAY) == {"learner"}


def test_own_roles_are_not_given_even_with_a_forged_form(world: Province, administrator: User) -> None:
    answer = browser_of(administrator).post(
        f"/personnel/{administrator.uuid}/roles/new/",
        {"role": "auditor", "scope": f"province:{world.province.uuid}", "start_date": "2026-03-01"},
    )

    assert answer.status_code == 403
    assert roles_of(administrator, TODAY) == {"administrator"}


def test_deactivated_person_is_out_at_the_next_click(world: Province, hr_county: User, outsider: User) -> None:
    person = Client()
    person.force_login(outsider, backend="portal.users.backends.CaseInsensitiveBackend")
    assert person.get("/account/").status_code == 200

    officer, address = browser_of(hr_county), f"/personnel/{outsider.uuid}/deactivate/"
    asked = officer.post(address, {"reason": "调离"}).content.decode()
    assert "停用 周敏 的账号" in asked
    assert 'name="reason" value="调离"' in asked
    assert person.get("/account/").status_code == 200
    officer.post(address, {"reason": "调离", "confirmed": "yes"})

    assert person.get("/account/").status_code == 302


def test_tree_of_units(
    world: Province, administrator: User, hr_county: User, django_assert_max_num_queries: Any
) -> None:
    client = browser_of(administrator)
    client.post(
        "/organizations/new/",
        {
            "name": "大数据科",
            "code": "CA-1",
            "kind": "department",
            "region": world.county_a.pk,
            "parent": world.department_a.pk,
        },
    )
    section = Organization.objects.get(code="CA-1")
    client.post(f"/organizations/{section.uuid}/", {"name": "数据资源科"})

    with django_assert_max_num_queries(22):
        page = client.get("/organizations/")

    assert "数据资源科" in page.content.decode()
    assert section.path.startswith(world.department_a.path)
    own = browser_of(hr_county).get("/organizations/").content.decode()
    assert "新城区数据局" in own
    assert "长安区" not in own


def test_the_role_is_chosen_first_and_only_fitting_places_are_offered(
    world: Province, administrator: User, outsider: User
) -> None:
    client = browser_of(administrator)
    address = f"/personnel/{outsider.uuid}/roles/new/"

    roles = client.get(address).content.decode()
    places = client.get(address, {"role": "hr", "find": "新城"}).context["form"].shown
    teaching = client.get(address, {"role": "instructor"}).context["form"].shown

    assert "可以查阅范围内的操作记录，不能改动任何内容。" in roles
    assert roles.count("?role=") == 9
    assert [name for _, rows in places for _, name in rows] == ["新城区", "新城区数据局"]
    assert not any(
        value.split(":")[0] in ("region", "province", "organization") for _, rows in teaching for value, _ in rows
    )


def test_a_role_where_it_means_nothing_is_refused_in_words(
    world: Province, administrator: User, outsider: User
) -> None:
    sent = {"role": "instructor", "scope": f"region:{world.county_b.uuid}", "start_date": "2026-03-01"}

    refused = browser_of(administrator).post(f"/personnel/{outsider.uuid}/roles/new/", sent)

    assert refused.status_code == 400
    assert not RoleGrant.objects.filter(user=outsider, role="instructor").exists()


def test_a_given_role_is_said(world: Province, administrator: User, outsider: User) -> None:
    sent = {"role": "auditor", "scope": f"region:{world.county_b.uuid}", "start_date": "2026-03-01"}

    page = browser_of(administrator).post(f"/personnel/{outsider.uuid}/roles/new/", sent, follow=True)

    assert f"已授予{outsider.name}：审计员 · 新城区。" in page.content.decode()


def test_the_account_page_tells_of_former_roles_and_why_it_was_closed(
    world: Province, administrator: User, outsider: User
) -> None:
    browser = browser_of(administrator)
    held = outsider.grants.get()
    browser.post(f"/personnel/{outsider.uuid}/roles/{held.uuid}/", {"reason": "已调离"})
    closing = {"reason": "退休", "confirmed": "yes"}
    browser.post(f"/personnel/{outsider.uuid}/deactivate/", closing)
    page = browser.get(f"/personnel/{outsider.uuid}/").content.decode()

    assert "以往的角色" in page and "已撤销" in page
    assert f"由{administrator.name}停用" in page and "退休" in page


@pytest.mark.parametrize("change", ["same post", "far ahead"])
def test_a_transfer_that_is_a_slip_of_the_hand_is_refused(
    world: Province, administrator: User, outsider: User, change: str
) -> None:
    post = outsider.job_assignments.get()
    data = {"organization": post.organization_id, "position": post.position_id, "start_date": "2026-12-31"}
    if change == "far ahead":
        data |= {"organization": world.university.pk, "start_date": "2199-01-01"}

    said = browser_of(administrator).post(f"/personnel/{outsider.uuid}/post/", {**data, "confirmed": "yes"})

    assert said.status_code == 400
    assert ("已在该单位担任" if change == "same post" else "核对年份") in said.content.decode()
    assert outsider.job_assignments.count() == 1


def test_a_newcomer_is_prepared_before_the_first_day(world: Province, hr_county: User) -> None:
    other = world.person("ma.li", "马丽", world.department_a)
    world.grant(other, "hr", "region", world.county_a.uuid)
    ahead = timezone.localdate() + timedelta(days=9)
    form = {
        "username": "xin.ren", "name": "新人", "organization": world.department_b.pk, "position": world.position.pk,
        "start_date": ahead.isoformat(), "email": "",
    }  # fmt: skip
    officer = browser_of(hr_county)

    made = officer.post("/personnel/new/", form)

    person = User.objects.get(username="xin.ren")
    page = officer.get(f"/personnel/{person.uuid}/").content.decode()
    assert made.status_code == 302 and page.count("计划中") == 2
    assert "新人" in officer.get("/personnel/").content.decode()
    assert browser_of(other).get(f"/personnel/{person.uuid}/").status_code == 404


def test_a_role_that_would_never_count_is_refused(world: Province, administrator: User, outsider: User) -> None:
    day = timezone.localdate() - timedelta(days=3)
    address = f"/personnel/{outsider.uuid}/roles/new/"
    form = {
        "role": "auditor", "scope": f"region:{world.county_b.uuid}", "start_date": (day - timedelta(days=9)).isoformat(),
        "end_date": day.isoformat(), "reason": "", "confirmed": "yes",
    }  # fmt: skip

    said = browser_of(administrator).post(address, form)

    assert said.status_code == 400 and "截止日期已过" in said.content.decode()


def test_closing_an_account_voids_its_slip(administrator: User, outsider: User) -> None:
    code = make_password_slip(user=outsider, by=administrator, at=timezone.now())
    deactivate_user(user=outsider, by=administrator, at=timezone.now())
    reactivate_user(user=outsider, by=administrator, at=timezone.now())

    with pytest.raises(SlipNotValid):
        set_password_with_slip(username=outsider.username, code=code, password="相当长的一串字9", at=timezone.now())
