"""Files from labs among what waits for a reviewer."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from labs.datasets.permissions import DESK
from portal.pages.queries import Waiting
from portal.users.permissions import signed_in
from portal.users.rights import has_role

from .queries import waiting_for


@hooks.register("chengxue_waiting", order=36)
def files_to_decide(request: HttpRequest) -> list[Waiting]:
    """Held files that wait for a reviewer."""
    user, today = signed_in(request), timezone.localdate()
    found = []
    if has_role(user, *DESK, on=today):
        found.append(
            Waiting(_("Files from labs to decide"), waiting_for(user, today).count(), reverse("outgoing:queue"))
        )
    return found
