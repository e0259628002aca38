"""The way to the data desk, in the navigation of every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from portal.pages.queries import NavigationItem, Waiting
from portal.users.permissions import signed_in
from portal.users.rights import has_role, roles_of_reader

from .models import DraftState
from .permissions import LOOKING, OFFICER, STEWARD
from .queries import access_drafts_for, drafts_to_approve, renewals_to_approve, requests_to_decide


@hooks.register("chengxue_navigation", order=35)
def desk_item(request: HttpRequest) -> list[NavigationItem]:
    """Return the data desk, for stewards, privacy officers and auditors."""
    if not roles_of_reader(request) & set(LOOKING):
        return []
    desk = reverse("datasets:desk")
    return [NavigationItem(_("Data desk"), desk, request.path.startswith(desk), is_work=True)]


@hooks.register("chengxue_waiting", order=35)
def releases_to_approve(request: HttpRequest) -> list[Waiting]:
    """Risk reports that wait for a privacy officer; drafts that are still with their steward."""
    user, today = signed_in(request), timezone.localdate()
    found = []
    if has_role(user, *OFFICER, on=today):
        count = drafts_to_approve(user, today).count() + renewals_to_approve(user, today).count()
        found.append(Waiting(_("Risk reports to decide"), count, reverse("datasets:desk")))
    if has_role(user, *STEWARD, on=today):
        count = access_drafts_for(user, today).filter(state__in=[DraftState.DRAFT, DraftState.APPROVED]).count()
        waiting = requests_to_decide(user, today).count()
        found.append(Waiting(_("Requests for data to answer"), waiting, reverse("datasets:requests")))
        found.append(Waiting(_("Drafts to finish"), count, reverse("datasets:desk")))
    return found
