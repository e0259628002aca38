"""The way to the data desk, in the navigation of every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from portal.pages.queries import NavigationItem
from portal.users.rights import has_role

from .permissions import LOOKING


@hooks.register("chengxue_navigation", order=35)
def desk_item(request: HttpRequest) -> list[NavigationItem]:
    """The data desk, for stewards, privacy officers and auditors."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not has_role(user, *LOOKING, on=timezone.localdate()):
        return []
    desk = reverse("datasets:desk")
    return [NavigationItem(_("Data desk"), desk, request.path.startswith(desk))]
