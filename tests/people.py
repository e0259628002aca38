"""The people of the tests: an official, a technician, an instructor, personnel officers of province and county, an outsider."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from portal.organizations.models import JobAssignment, Organization, Position, Region
from portal.users.models import RoleGrant, User
from portal.users.wagtail_groups import sync_groups

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""When everything in the tests' world was set up."""
START = date(2026, 1, 1)


@dataclass
class Province:
    """Shaanxi with two counties of 西安, a department in each, a university; and helpers that add people."""

    province: Region
    city: Region
    county_a: Region
    county_b: Region
    department_a: Organization
    department_b: Organization
    university: Organization
    position: Position
    made: int = field(default=0)

    def person(self, username: str, name: str, organization: Organization) -> User:
        """Return a user with a primary post in the organization."""
        user = User.objects.create_user(username, "correct horse battery", name=name, created_at=AT)
        JobAssignment.objects.create(user=user, organization=organization, position=self.position, start_date=START)
        return user

    def grant(self, user: User, role: str, scope_kind: str, scope_uuid: uuid.UUID) -> RoleGrant:
        """Return a grant in force since the start of the year, with the Wagtail group that goes with it."""
        grant = RoleGrant.objects.create(
            user=user, role=role, scope_kind=scope_kind, scope_uuid=scope_uuid, start_date=START, granted_at=AT
        )
        sync_groups(user, timezone.localdate())
        return grant


def _region(code: str, level: str, name: str, parent: Region | None) -> Region:
    return Region.objects.create(
        uuid=uuid.uuid5(uuid.NAMESPACE_URL, f"gbt2260:{code}"), code=code, level=level, name=name, parent=parent
    )


def _organization(code: str, name: str, kind: str, region: Region) -> Organization:
    organization = Organization.objects.create(code=code, name=name, kind=kind, region=region, path="", created_at=AT)
    organization.path = f"{organization.pk:06d}/"
    organization.save()
    return organization


@pytest.fixture
def world(db: None) -> Province:
    """Return a small province."""
    province = _region("610000", "province", "陕西省", None)
    city = _region("610100", "city", "西安市", province)
    county_a = _region("610116", "county", "长安区", city)
    county_b = _region("610102", "county", "新城区", city)
    return Province(
        province=province,
        city=city,
        county_a=county_a,
        county_b=county_b,
        department_a=_organization("CA-DSJ", "长安区数据局", "department", county_a),
        department_b=_organization("XC-DSJ", "新城区数据局", "department", county_b),
        university=_organization("CHD", "长安大学", "university", city),
        position=Position.objects.create(code="ZYJS-ZJ", name="工程师", rank_band="专业技术中级"),
    )


def _with_role(
    world: Province, username: str, name: str, organization: Organization, role: str, region: Region
) -> User:
    user = world.person(username, name, organization)
    kind = "province" if region.level == "province" else "region"
    world.grant(user, role, kind, region.uuid)
    return user


@pytest.fixture
def official(world: Province) -> User:
    """李: an official of county A, learner."""
    return _with_role(world, "li.wei", "李伟", world.department_a, "learner", world.county_a)


@pytest.fixture
def technician(world: Province) -> User:
    """王: a technician of county A, learner."""
    return _with_role(world, "wang.fang", "王芳", world.department_a, "learner", world.county_a)


@pytest.fixture
def outsider(world: Province) -> User:
    """周: a learner of county B."""
    return _with_role(world, "zhou.min", "周敏", world.department_b, "learner", world.county_b)


@pytest.fixture
def instructor(world: Province) -> User:
    """张: a person of the university; tests grant `instructor` for a program or run."""
    return world.person("zhang.jun", "张军", world.university)


@pytest.fixture
def hr_province(world: Province) -> User:
    """陈: personnel officer of the province."""
    return _with_role(world, "chen.jing", "陈静", world.department_a, "hr", world.province)


@pytest.fixture
def hr_county(world: Province) -> User:
    """赵: personnel officer of county B."""
    return _with_role(world, "zhao.lei", "赵磊", world.department_b, "hr", world.county_b)


@pytest.fixture
def auditor(world: Province) -> User:
    """钱: auditor of the province."""
    return _with_role(world, "qian.hua", "钱华", world.department_a, "auditor", world.province)


@pytest.fixture
def administrator(world: Province) -> User:
    """孙: administrator of the province."""
    return _with_role(world, "sun.qiang", "孙强", world.department_a, "administrator", world.province)
