"""Whoever may do less than before loses hub tokens and Lab, whenever the hub can be reached."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from labs.hub.actions import carry_out
from labs.hub.client import HubClient
from labs.hub.models import HubRevocation
from labs.hub.queries import hub_is_up
from portal.audit.models import AuditEvent
from portal.queue.actions import take
from portal.users.models import User
from portal.users.signals import access_reduced
from tests.fake_hub import FakeHub
from tests.people import AT

pytestmark = pytest.mark.django_db


def reduce(user: User) -> None:
    with transaction.atomic():
        access_reduced.send(sender=User, user=user, reason="role_revoked", at=AT)


def take_it() -> HubRevocation | None:
    return take(HubRevocation.objects.order_by("pk"), worker="w:1", at=timezone.now(), lease=timedelta(seconds=60))


def work() -> bool:
    row = take_it()
    assert row is not None
    return carry_out(row, hub=HubClient.from_settings(), at=timezone.now())


def test_every_token_and_the_lab_are_ended(technician: User, outsider: User, fake_hub: FakeHub) -> None:
    for token in ("one", "two"):
        fake_hub.give(technician.hub_username, token)
    fake_hub.give(outsider.hub_username, "other")
    fake_hub.running |= {technician.hub_username, outsider.hub_username}
    reduce(technician)

    assert work()

    assert fake_hub.tokens == {technician.hub_username: {}, outsider.hub_username: {"a2": "other"}}
    assert fake_hub.running == {outsider.hub_username}
    assert HubRevocation.objects.get().status == "done"
    assert AuditEvent.objects.filter(event="hub.access_revoked", target_uuid=technician.uuid).exists()


def test_it_is_tried_until_the_hub_confirms(technician: User, fake_hub: FakeHub, settings: Any) -> None:
    socket, settings.HUB_SOCKET = settings.HUB_SOCKET, "/nowhere"
    reduce(technician)
    for _ in range(5):
        assert not work()
        HubRevocation.objects.update(not_before=AT)
    settings.HUB_SOCKET = socket
    fake_hub.give(technician.hub_username, "one")
    fake_hub.running.add(technician.hub_username)
    fake_hub.stops_slowly = True

    slow = work()
    HubRevocation.objects.update(not_before=AT)

    assert not slow
    assert work()


def test_somebody_whom_the_hub_never_saw_needs_nothing(technician: User, fake_hub: FakeHub) -> None:
    reduce(technician)

    assert work()


def test_a_change_that_is_rolled_back_revokes_nothing(technician: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        access_reduced.send(sender=User, user=technician, reason="x", at=AT)
        raise RuntimeError

    assert take_it() is None


def test_the_pages_know_whether_the_hub_is_up(fake_hub: FakeHub, settings: Any) -> None:
    assert HubClient.from_settings().is_up()
    settings.HUB_SOCKET = "/nowhere"
    assert not HubClient.from_settings().is_up()
    assert isinstance(hub_is_up(), bool)
