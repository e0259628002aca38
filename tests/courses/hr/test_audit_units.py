"""Units in the details of events lead whoever sees their people to them."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.details import told
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.people import Province


def test_a_unit_is_named_for_all_and_linked_for_those_in_whose_reach_it_is(
    world: Province, hr_county: User, hr_province: User
) -> None:
    now = timezone.now()
    details = {"organization": world.department_a.code, "from_organization": world.department_a.code}
    record(by=None, at=now, event="organizations.transfer_asked", target=hr_county, details=details)
    event = AuditEvent.objects.latest("pk")

    near, far = (
        {detail.key: detail for detail in told([event], reader, timezone.localdate(now))[event.pk]}
        for reader in (hr_province, hr_county)
    )

    people = f"{reverse('hr:people')}?place=unit:{world.department_a.uuid}"
    for key in details:
        assert (near[key].text, near[key].address) == (world.department_a.name, people)
        assert (far[key].text, far[key].address) == (world.department_a.name, "")
