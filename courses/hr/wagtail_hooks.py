"""The way to the roster, in the navigation of those who may read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from portal.pages.queries import Waiting
from portal.users.models import Role
from portal.users.permissions import signed_in
from portal.users.rights import has_role, roles_of_reader

from .enums import CertificateState
from .queries import RosterFilter, roster


@hooks.register("chengxue_navigation", order=40)
def roster_item(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the roster, for personnel officers, auditors and administrators."""
    if not roles_of_reader(request) & {Role.HR, Role.AUDITOR, Role.ADMINISTRATOR}:
        return []
    return [{"label": _("Staff training"), "url": reverse("hr:people"), "is_work": True}]


@hooks.register("chengxue_waiting", order=40)
def expiring_certificates(request: HttpRequest) -> list[Waiting]:
    """People whose certificate ends soon, for personnel officers."""
    user, today = signed_in(request), timezone.localdate()
    if not has_role(user, Role.HR, on=today):
        return []
    count = roster(user, today, RosterFilter(state=CertificateState.EXPIRING.value)).count()
    address = f"{reverse('hr:people')}?state={CertificateState.EXPIRING.value}"
    return [Waiting(_("People whose certificate ends soon"), count, address)]
