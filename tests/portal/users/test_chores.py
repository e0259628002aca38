"""What happens to users by date, person by person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.users.chores import follow_the_calendar
from portal.users.models import RoleGrant, User
from portal.users.signals import access_reduced
from tests.people import AT, Province
from tests.portal.users.test_grants import TODAY, give

LATER = AT + timedelta(days=10)


@pytest.mark.django_db(transaction=True)
def test_what_one_person_stumbles_over_undoes_nobody_elses_change(world: Province, administrator: User) -> None:
    people = [world.person(f"person.{n}", "李四", world.department_a) for n in range(2)]
    grants = [
        give(person, "learner", "region", world.county_a.uuid, administrator, end_date=TODAY) for person in people
    ]

    def stumble(user: User, **_: Any) -> None:
        if user == people[1]:
            raise RuntimeError("the second")

    access_reduced.connect(stumble)
    try:
        with pytest.raises(RuntimeError):
            follow_the_calendar(LATER)
    finally:
        access_reduced.disconnect(stumble)

    assert [is_over(grant) for grant in grants] == [True, False]
    follow_the_calendar(LATER)
    assert is_over(grants[1])


def is_over(grant: RoleGrant) -> bool:
    """Return whether a grant has been ended."""
    ended: datetime | None = RoleGrant.objects.get(pk=grant.pk).revoked_at
    return ended is not None
