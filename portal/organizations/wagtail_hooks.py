"""The way to accounts and to the audit, in the navigation of those who may enter."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.users.models import Role
from portal.users.queries import roles_of

from .queries import MANAGING_ROLES


@hooks.register("chengxue_navigation", order=60)
def ways(request: HttpRequest) -> list[dict[str, str | Promise]]:
    """People and accounts for those who look after them, the audit for auditors."""
    if not request.user.is_authenticated:
        return []
    roles = roles_of(request.user, timezone.localdate())
    items: list[dict[str, str | Promise]] = []
    if roles & set(MANAGING_ROLES):
        items.append({"label": _("People and accounts"), "url": reverse("organizations:accounts")})
    if Role.AUDITOR in roles:
        items.append({"label": _("Audit"), "url": reverse("audit:events")})
    return items
