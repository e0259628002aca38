"""The way to accounts and to the audit, in the navigation of those who may enter."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.users.models import Role
from portal.users.permissions import signed_in
from portal.users.rights import roles_of, roles_of_reader

from .models import TransferState
from .queries import MANAGING_ROLES, managed_people_for
from .transfers import access_transfers_for, may_answer


@hooks.register("chengxue_navigation", order=60)
def ways(request: HttpRequest) -> list[dict[str, str | Promise | bool]]:
    """People and accounts for those who look after them, the audit for auditors."""
    roles = roles_of_reader(request)
    items: list[dict[str, str | Promise | bool]] = []
    if roles & set(MANAGING_ROLES):
        items.append({"label": _("People and accounts"), "url": reverse("organizations:accounts"), "is_work": True})
    if Role.AUDITOR in roles:
        items.append({"label": _("Audit"), "url": reverse("audit:events"), "is_work": True})
    return items


@hooks.register("chengxue_waiting", order=60)
def accounts_to_look_at(request: HttpRequest) -> list[dict[str, Any]]:
    """Accounts within reach that nobody has signed in to yet: their slip is still to be handed out or was lost."""
    user, today = signed_in(request), timezone.localdate()
    if not roles_of(user, today) & set(MANAGING_ROLES):
        return []
    count = managed_people_for(user, today).filter(is_active=True, last_login__isnull=True).count()
    address = reverse("organizations:accounts") + "?state=new"
    return [{"label": _("People who have not signed in yet"), "count": count, "url": address}]


@hooks.register("chengxue_waiting", order=61)
def transfers_to_answer(request: HttpRequest) -> list[dict[str, Any]]:
    """Return requests of other places for a transfer that the personnel officer is asked to answer."""
    user, today = signed_in(request), timezone.localdate()
    if Role.HR not in roles_of(user, today):
        return []
    asked = access_transfers_for(user, today).filter(state=TransferState.WAITING)
    count = sum(may_answer(user, each, today) for each in asked)
    return [
        {"label": _("Transfers that wait for my answer"), "count": count, "url": reverse("organizations:transfers")}
    ]
