"""Files from labs in the navigation of those who review them, and among what waits for them."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from labs.datasets.permissions import DESK, LOOKING
from portal.pages.queries import NavigationItem, Waiting
from portal.users.permissions import signed_in
from portal.users.rights import has_role, roles_of_reader

from .queries import waiting_for


@hooks.register("chengxue_navigation", order=36)
def review_item(request: HttpRequest) -> list[NavigationItem]:
    """Return the reviewers' queue, for stewards and privacy officers who decide and auditors who look."""
    if not roles_of_reader(request) & set(LOOKING):
        return []
    queue = reverse("outgoing:queue")
    return [NavigationItem(_("Files from labs"), queue, request.path.startswith(queue), is_work=True)]


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
