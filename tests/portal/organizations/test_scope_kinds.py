"""A kind of scope is whatever its owner registers: named, offered, granted and told without a list elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.utils import timezone

from portal.audit.details import in_words
from portal.organizations.forms import scope_choices
from portal.users import scopes
from portal.users.actions import GrantNotAllowed, grant_role
from portal.users.models import Role, RoleGrant, User
from portal.users.permissions import can_grant
from portal.users.scopes import Scope, ScopeResolver, fits, register_scope, scope_kind_name, scope_label
from tests.people import Province

CREW = uuid.UUID("5f0c4f0e-0000-4000-8000-000000000001")


@pytest.fixture
def crews() -> Iterator[uuid.UUID]:
    """Yield a kind of scope that no app has today, with one row that lies in no place."""
    with scopes._resolvers.temporarily():
        register_scope(
            "crew",
            ScopeResolver(
                name="班组",
                roles={"instructor"},
                label={CREW: "夜班"}.get,
                choices=lambda: [(CREW, "夜班")],
                lies_anywhere=True,
            ),
        )
        yield CREW


def give(role: str, scope_uuid: uuid.UUID, user: User, by: User) -> RoleGrant:
    now = timezone.now()
    return grant_role(
        user=user,
        role=role,
        scope_kind="crew",
        scope_uuid=scope_uuid,
        start_date=timezone.localdate(now),
        by=by,
        at=now,
    )


def test_a_later_kind_of_scope_needs_no_list(
    world: Province, administrator: User, outsider: User, crews: uuid.UUID
) -> None:
    offered = dict(scope_choices(administrator, timezone.localdate(), "instructor"))
    grant = give("instructor", crews, outsider, administrator)

    assert [name for _, name in offered["班组"]] == ["夜班"]
    assert scope_label(grant.scope_kind, grant.scope_uuid) == "夜班"
    assert in_words("users.role_granted", "scope_kind", "crew") == "班组"
    assert can_grant(administrator, outsider, "instructor", Scope("crew", crews), timezone.localdate())


def test_a_grant_that_would_give_nothing_is_refused(
    world: Province, administrator: User, outsider: User, crews: uuid.UUID
) -> None:
    for role, row in (("auditor", crews), ("instructor", uuid.uuid4())):
        with pytest.raises(GrantNotAllowed):
            give(role, row, outsider, administrator)

    assert "班组" not in dict(scope_choices(administrator, timezone.localdate(), "auditor"))
    assert not RoleGrant.objects.filter(scope_kind="crew").exists()


def test_a_kind_that_nobody_owns_is_none(world: Province, administrator: User, outsider: User) -> None:
    with pytest.raises(ValueError, match="crew"):
        give("instructor", CREW, outsider, administrator)

    assert scope_kind_name("crew") == "crew"
    assert not fits("instructor", "crew")


def test_every_role_means_something_somewhere() -> None:
    lost = [role for role in Role.values if not any(fits(role, kind) for kind in scopes._resolvers)]

    assert not lost
    assert [kind for kind in scopes._resolvers if fits("policy_editor", kind)] == ["province"]
