"""Whom to ask: the own personnel officer with room and telephone, entered by who looks after that account."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.organizations.actions import set_place_of_work
from portal.organizations.queries import newest_post
from portal.users.models import User
from tests.people import Province
from tests.portal.organizations.test_views import browser_of

BACKEND = "portal.users.backends.CaseInsensitiveBackend"


def test_a_learner_reads_room_and_telephone_of_the_own_personnel_officer(
    world: Province, outsider: User, hr_county: User, administrator: User, client: Client
) -> None:
    address = f"/personnel/{hr_county.uuid}/post/place/"
    said = browser_of(administrator).post(address, {"room": "2号楼305室", "phone": "029-8888 1234"}, follow=True)
    client.force_login(outsider, backend=BACKEND)

    pages = [client.get(path).content.decode() for path in ("/account/", "/work/help/")]

    assert "已保存 赵磊 的房间和电话" in said.content.decode()
    for page in pages:
        assert "赵磊" in page and "2号楼305室" in page and 'href="tel:029-88881234"' in page
    event = AuditEvent.objects.get(event="organizations.place_of_work_set")
    assert event.details["fields"] == ["room", "phone"] and "8888" not in str(event.details)


def test_nobody_enters_the_place_of_somebody_out_of_reach(
    world: Province, official: User, hr_county: User, outsider: User
) -> None:
    post, now = newest_post(official), timezone.now()
    assert post is not None

    assert browser_of(hr_county).post(f"/personnel/{official.uuid}/post/place/", {"room": "x"}).status_code == 404
    with pytest.raises(PermissionDenied):
        set_place_of_work(job=post, room="x", phone="", by=hr_county, at=now)


def test_the_same_place_again_is_no_event(world: Province, official: User) -> None:
    post, now = newest_post(official), timezone.now()
    assert post is not None

    assert set_place_of_work(job=post, room=" 305 ", phone="", by=None, at=now)
    assert not set_place_of_work(job=post, room="305", phone="", by=None, at=now)
    assert AuditEvent.objects.filter(event="organizations.place_of_work_set").count() == 1


def test_a_page_that_one_may_not_see_leads_to_whom_to_ask(official: User, client: Client) -> None:
    client.force_login(official, backend=BACKEND)

    refused = client.get("/audit/")

    assert refused.status_code == 403
    assert 'href="/account/#contacts"' in refused.content.decode()
    assert 'id="contacts"' in client.get("/account/").content.decode()
