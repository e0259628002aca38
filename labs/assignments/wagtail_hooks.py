"""The way to labs and datasets in the navigation of those who teach."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from portal.users.queries import has_role

from .permissions import TEACHING_ROLES


@hooks.register("chengxue_navigation", order=30)
def teaching_item(request: HttpRequest) -> list[dict[str, Any]]:
    """The labs, for instructors, authors and administrators."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not has_role(user, *TEACHING_ROLES, on=timezone.localdate()):
        return []
    desks = (reverse("assignments:labs"), reverse("grading:submissions"))
    return [{"label": _("Teaching labs"), "url": desks[0], "current": request.path.startswith(desks)}]
