"""The way to one's notices, in the navigation of every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from .queries import unread_count


@hooks.register("chengxue_navigation", order=80)
def notices_item(request: HttpRequest) -> list[dict[str, str]]:
    """Return the list of notices, with the number of those that are unread."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    unread = unread_count(user)
    label = _("Notices (%(count)d)") % {"count": unread} if unread else _("Notices")
    return [{"label": label, "url": reverse("notifications:notices")}]
