"""The way to the roster, in the navigation of those who may read it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from portal.users.models import Role
from portal.users.queries import has_role


@hooks.register("chengxue_navigation", order=40)
def roster_item(request: HttpRequest) -> list[dict[str, str]]:
    """The roster, for personnel officers, auditors and administrators."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    if not has_role(user, Role.HR, Role.AUDITOR, Role.ADMINISTRATOR, on=timezone.localdate()):
        return []
    return [{"label": _("Staff training"), "url": reverse("hr:people")}]
