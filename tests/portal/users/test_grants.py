"""Who may give which role, and what follows when a role ends."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from portal.audit.models import AuditEvent
from portal.users.actions import (
    GrantNotAllowed,
    deactivate_user,
    end_grants_out_of_date,
    grant_role,
    reactivate_user,
    revoke_grant,
)
from portal.users.models import RoleGrant, User
from portal.users.rights import grants_in_force, has_role, roles_of
from portal.users.signals import access_reduced
from tests.people import AT, Province

TODAY = date(2026, 3, 2)


@pytest.fixture
def reduced() -> Any:
    """Return what `access_reduced` told."""
    told: list[tuple[User, str]] = []

    def listen(user: User, reason: str, **_: Any) -> None:
        told.append((user, reason))

    access_reduced.connect(listen)
    yield told
    access_reduced.disconnect(listen)


def give(user: User, role: str, kind: str, scope: uuid.UUID, by: User | None, **more: Any) -> RoleGrant:
    return grant_role(user=user, role=role, scope_kind=kind, scope_uuid=scope, start_date=TODAY, by=by, at=AT, **more)


@pytest.mark.parametrize(
    ("giver", "role", "place", "is_allowed"),
    [
        ("administrator", "auditor", "province", True),
        ("administrator", "learner", "county_b", True),
        ("hr_province", "learner", "county_b", True),
        ("hr_province", "instructor", "county_b", False),
        ("hr_county", "learner", "county_b", True),
        ("hr_county", "learner", "county_a", False),
        ("hr_county", "hr", "county_b", False),
        ("auditor", "learner", "county_b", False),
        ("technician", "learner", "county_b", False),
    ],
)
def test_roles_are_given_only_within_own_rights(
    request: pytest.FixtureRequest, world: Province, outsider: User, giver: str, role: str, place: str, is_allowed: bool
) -> None:
    by = request.getfixturevalue(giver)
    kind = "province" if place == "province" else "region"
    RoleGrant.objects.filter(user=outsider).delete()

    if is_allowed:
        give(outsider, role, kind, getattr(world, place).uuid, by)
        assert has_role(outsider, role, on=TODAY)
    else:
        with pytest.raises(PermissionDenied):
            give(outsider, role, kind, getattr(world, place).uuid, by)
        assert not has_role(outsider, role, on=TODAY)


def test_county_officer_gives_nothing_to_people_of_another_county(
    world: Province, hr_county: User, technician: User
) -> None:
    with pytest.raises(PermissionDenied):
        give(technician, "learner", "region", world.county_b.uuid, hr_county)


@pytest.mark.parametrize("who", ["administrator", "hr_province"])
def test_nobody_raises_own_rights(request: pytest.FixtureRequest, world: Province, who: str) -> None:
    person = request.getfixturevalue(who)

    with pytest.raises(PermissionDenied):
        give(person, "learner", "region", world.county_a.uuid, person)


def test_county_administrator_gives_no_rights_in_the_province(world: Province, outsider: User) -> None:
    local = world.person("admin.xc", "新城管理员", world.department_b)
    world.grant(local, "administrator", "region", world.county_b.uuid)

    give(outsider, "auditor", "region", world.county_b.uuid, local)
    for kind, scope in (
        ("province", world.province.uuid),
        ("region", world.city.uuid),
        ("region", world.county_a.uuid),
    ):
        with pytest.raises(PermissionDenied):
            give(outsider, "auditor", kind, scope, local)


def test_a_scope_that_does_not_exist_is_refused(world: Province, administrator: User, outsider: User) -> None:
    with pytest.raises(PermissionDenied):
        give(outsider, "hr", "region", uuid.uuid4(), administrator)
    with pytest.raises(GrantNotAllowed):
        give(outsider, "hr", "region", uuid.uuid4(), None)


def test_the_same_grant_is_given_once_and_noted_once(world: Province, administrator: User, outsider: User) -> None:
    first = give(outsider, "auditor", "region", world.county_b.uuid, administrator)
    second = give(outsider, "auditor", "region", world.county_b.uuid, administrator)

    assert first == second
    assert AuditEvent.objects.filter(event="users.role_granted", target_uuid=outsider.uuid).count() == 1


def test_revoked_role_is_gone_at_once_and_told(
    world: Province, administrator: User, outsider: User, reduced: list[tuple[User, str]]
) -> None:
    grant = give(outsider, "policy_editor", "province", world.province.uuid, administrator)
    assert outsider.groups.filter(name="role:policy_editor").exists()
    assert outsider.has_perm("wagtailadmin.access_admin")

    revoke_grant(grant=grant, reason="转岗", by=administrator, at=AT)

    fresh = User.objects.get(pk=outsider.pk)
    assert roles_of(fresh, TODAY) == {"learner"}
    assert not fresh.has_perm("wagtailadmin.access_admin")
    assert reduced == [(outsider, "role_revoked")]
    assert AuditEvent.objects.get(event="users.role_revoked").details["because"] == "转岗"


def test_revoked_grant_can_be_given_again(world: Province, administrator: User, outsider: User) -> None:
    revoke_grant(grant=give(outsider, "hr", "region", world.county_b.uuid, administrator), by=administrator, at=AT)

    assert give(outsider, "hr", "region", world.county_b.uuid, administrator).revoked_at is None


def test_grant_counts_from_its_first_to_its_last_day(world: Province, outsider: User) -> None:
    give(outsider, "instructor", "region", world.county_b.uuid, None, end_date=date(2026, 3, 4))

    counts = [has_role(outsider, "instructor", on=date(2026, 3, day)) for day in (1, 2, 4, 5)]

    assert counts == [False, True, True, False]


def test_grant_that_is_over_ends_what_hangs_on_it(
    world: Province, outsider: User, reduced: list[tuple[User, str]]
) -> None:
    give(outsider, "instructor", "region", world.county_b.uuid, None, end_date=date(2026, 3, 4))

    assert end_grants_out_of_date(at=datetime(2026, 3, 4, 15, 59, tzinfo=UTC)) == 0
    assert end_grants_out_of_date(at=datetime(2026, 3, 4, 16, 0, tzinfo=UTC)) == 1  # midnight in Shanghai
    assert end_grants_out_of_date(at=datetime(2026, 3, 5, 16, 0, tzinfo=UTC)) == 0

    assert reduced == [(outsider, "role_ended")]
    assert not outsider.groups.filter(name="role:instructor").exists()


def test_deactivated_person_has_no_rights_until_reactivated(
    world: Province, administrator: User, outsider: User, reduced: list[tuple[User, str]]
) -> None:
    deactivate_user(user=outsider, reason="调离", by=administrator, at=AT)
    assert not grants_in_force(User.objects.get(pk=outsider.pk), TODAY).exists()
    assert reduced == [(outsider, "deactivated")]

    reactivate_user(user=outsider, by=administrator, at=AT)
    assert roles_of(outsider, TODAY) == {"learner"}


@pytest.mark.parametrize(
    ("who", "whom", "is_allowed"),
    [
        ("hr_county", "outsider", True),
        ("hr_county", "technician", False),
        ("hr_province", "technician", True),
        ("hr_province", "administrator", False),
        ("hr_province", "hr_county", False),
        ("administrator", "hr_county", True),
        ("administrator", "auditor", True),
        ("auditor", "outsider", False),
        ("administrator", "administrator", False),
    ],
)
def test_accounts_are_managed_only_downwards(
    request: pytest.FixtureRequest, world: Province, who: str, whom: str, is_allowed: bool
) -> None:
    by, user = request.getfixturevalue(who), request.getfixturevalue(whom)

    if is_allowed:
        deactivate_user(user=user, by=by, at=AT)
    else:
        with pytest.raises(PermissionDenied):
            deactivate_user(user=user, by=by, at=AT)

    user.refresh_from_db()
    assert user.is_active is not is_allowed
