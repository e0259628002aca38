"""The demo province's data desk: the lab author may use what was released."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from portal.users.models import User

from .actions import grant_access
from .models import AccessGrant
from .passports import usable_versions
from .receivers import PERSON

STEWARD, OFFICER = "he.ping", "lin.tao"
PURPOSE = "编写实训"


def seed(*, author: User, at: datetime) -> None:
    """Let the author use every released version to write labs; what is granted already is left as it is."""
    steward = User.objects.get(username=STEWARD)
    today = timezone.localdate(at)
    granted = (
        AccessGrant.objects.in_force(today).filter(receiver_kind=PERSON, receiver_uuid=author.uuid).values("version")
    )
    for version in usable_versions(today).exclude(pk__in=granted).select_related("dataset").order_by("pk"):
        grant_access(version=version, user=author, purpose=PURPOSE, start_date=today, by=steward, at=at)
