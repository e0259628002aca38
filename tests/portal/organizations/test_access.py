"""Whom and what a role sees: only its own places, in few queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import DjangoAssertNumQueries

from portal.organizations.actions import assign_job, create_organization, move_organization, open_account
from portal.organizations.models import JobAssignment, Organization, Region
from portal.organizations.queries import (
    access_organizations_for,
    access_people_for,
    managed_people_for,
    organizations_under,
)
from portal.users.models import User
from portal.users.rights import roles_of
from portal.users.scopes import Scope, covers
from tests.people import AT, Province

TODAY = date(2026, 3, 2)


def test_county_officer_sees_own_county_and_nothing_else(
    world: Province, hr_county: User, hr_province: User, official: User, outsider: User
) -> None:
    assert set(access_people_for(hr_county, TODAY)) == {hr_county, outsider}
    assert set(access_organizations_for(hr_county, TODAY)) == {world.department_b}
    assert set(access_people_for(hr_province, TODAY)) == {hr_county, hr_province, official, outsider}


def test_others_see_nobody(official: User, instructor: User) -> None:
    assert not access_people_for(official, TODAY).exists()
    assert not access_people_for(instructor, TODAY).exists()


def test_auditor_sees_people_but_manages_none(auditor: User, official: User) -> None:
    assert official in access_people_for(auditor, TODAY)
    assert not managed_people_for(auditor, TODAY).exists()


def test_a_transfer_changes_who_sees_the_person(world: Province, hr_county: User, official: User) -> None:
    start = TODAY + timedelta(days=10)

    assign_job(
        user=official,
        organization=world.department_b,
        position=world.position,
        start_date=start,
        by=None,
        at=AT,
    )

    assert official not in access_people_for(hr_county, start - timedelta(days=1))
    assert official in access_people_for(hr_county, start)


def test_a_secondary_post_lets_nobody_in(world: Province, hr_county: User, official: User) -> None:
    JobAssignment.objects.create(
        user=official,
        organization=world.department_b,
        position=world.position,
        start_date=date(2026, 1, 1),
        is_primary=False,
    )

    assert official not in access_people_for(hr_county, TODAY)


def test_grant_for_a_unit_reaches_its_subtree(world: Province, official: User, outsider: User) -> None:
    section = create_organization(
        code="CA-1",
        name="大数据科",
        kind="department",
        region=world.county_a,
        parent=world.department_a,
        by=None,
        at=AT,
    )
    below = world.person("sun.li", "孙丽", section)
    officer = world.person("unit.hr", "单位人事", world.department_a)
    world.grant(officer, "hr", "organization", world.department_a.uuid)

    assert set(access_people_for(officer, TODAY)) == {official, below, officer}


def test_people_in_reach_take_four_queries(
    world: Province, hr_province: User, official: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.grant(hr_province, "hr", "organization", world.university.uuid)
    with django_assert_num_queries(4):
        few = list(access_people_for(hr_province, TODAY))
    for number in range(5):
        world.person(f"n{number}", f"人{number}", world.university)

    with django_assert_num_queries(4):
        assert len(access_people_for(hr_province, TODAY)) == len(few) + 5


def test_administrator_of_the_province_finds_people_without_a_post(
    world: Province, administrator: User, hr_province: User
) -> None:
    lost = User.objects.create_user("lost", name="无岗", created_at=AT)

    assert lost in managed_people_for(administrator, TODAY)
    assert lost not in managed_people_for(hr_province, TODAY)


def test_account_is_opened_with_post_and_role(world: Province, hr_county: User) -> None:
    user = open_account(
        username="x2026001",
        name="新人",
        organization=world.department_b,
        position=world.position,
        start_date=TODAY,
        by=hr_county,
        at=AT,
    )

    assert roles_of(user, TODAY) == {"learner"}
    assert user in access_people_for(hr_county, TODAY)
    assert not user.has_usable_password()


def test_officer_opens_no_account_elsewhere_and_leaves_nothing_behind(world: Province, hr_county: User) -> None:
    with pytest.raises(PermissionDenied):
        open_account(
            username="x2026002",
            name="新人",
            organization=world.department_a,
            position=world.position,
            start_date=TODAY,
            by=hr_county,
            at=AT,
        )

    assert not User.objects.filter(username="x2026002").exists()


def test_officer_cannot_pull_in_people_of_another_county(world: Province, hr_county: User, official: User) -> None:
    with pytest.raises(PermissionDenied):
        assign_job(
            user=official,
            organization=world.department_b,
            position=world.position,
            start_date=TODAY,
            by=hr_county,
            at=AT,
        )


def test_moving_a_unit_moves_everything_below(world: Province, administrator: User) -> None:
    def under(parent: Organization | None, code: str) -> Organization:
        return create_organization(
            code=code, name=code, kind="department", region=world.county_a, parent=parent, by=administrator, at=AT
        )

    top, other = under(None, "T"), under(None, "O")
    middle = under(top, "M")
    leaf = under(middle, "L")

    move_organization(organization=middle, parent=other, by=administrator, at=AT)

    assert set(organizations_under(Organization.objects.get(pk=other.pk))) == {other, middle, leaf}
    assert set(organizations_under(Organization.objects.get(pk=top.pk))) == {top}
    with pytest.raises(ValidationError):
        move_organization(
            organization=Organization.objects.get(pk=other.pk),
            parent=Organization.objects.get(pk=leaf.pk),
            by=administrator,
            at=AT,
        )


def test_pseudo_region_holds_no_unit(world: Province, administrator: User) -> None:
    Region.objects.filter(pk=world.county_a.pk).update(is_selectable=False)
    world.county_a.refresh_from_db()

    with pytest.raises(ValidationError):
        create_organization(code="P", name="P", kind="department", region=world.county_a, by=administrator, at=AT)


def test_places_nest(world: Province) -> None:
    province = Scope("province", world.province.uuid)
    county = Scope("region", world.county_a.uuid)
    unit = Scope("organization", world.department_a.uuid)

    assert covers(province, unit)
    assert covers(county, unit)
    assert covers(unit, unit)
    assert covers(province, Scope("region", world.province.uuid))
    assert not covers(unit, county)
    assert not covers(Scope("region", world.county_b.uuid), unit)
