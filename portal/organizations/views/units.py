"""The tree of organizations."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.organizations.actions import create_organization, rename_organization
from portal.organizations.forms import OrganizationForm
from portal.organizations.models import Organization
from portal.organizations.queries import MANAGING_ROLES, access_organizations_for
from portal.users.models import Role
from portal.users.permissions import role_required, signed_in
from portal.users.rights import has_role


@role_required(*MANAGING_ROLES)
@require_GET
def tree(request: HttpRequest) -> HttpResponse:
    """Units in reach, each under the one that it belongs to, with the number of people."""
    today = timezone.localdate()
    current = Q(
        job_assignments__is_primary=True,
        job_assignments__start_date__lte=today,
        job_assignments__taken_back_at__isnull=True,
    ) & (Q(job_assignments__end_date__isnull=True) | Q(job_assignments__end_date__gte=today))
    units = access_organizations_for(signed_in(request), today, MANAGING_ROLES)
    rows = units.annotate(people=Count("job_assignments__user", filter=current, distinct=True))
    rows = rows.select_related("region").order_by("path")
    may_change = has_role(signed_in(request), Role.ADMINISTRATOR, on=today)
    return render(request, "organizations/tree.html", {"branches": branches(rows), "may_change": may_change})


def branches(units: Any) -> list[dict[str, Any]]:
    """Nested lists of units; a unit whose parent is out of reach stands at the top."""
    top: list[dict[str, Any]] = []
    by_path: dict[str, dict[str, Any]] = {}
    for unit in units:
        node: dict[str, Any] = {"unit": unit, "below": []}
        by_path[unit.path] = node
        above = by_path.get(unit.path[: -len(f"{unit.pk:06d}/")])
        (above["below"] if above else top).append(node)
    return top


@role_required(Role.ADMINISTRATOR)
def unit_new(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    form = OrganizationForm(request.POST or None, by=signed_in(request), today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            made = create_organization(**form.cleaned_data, by=signed_in(request), at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The unit %(name)s is made.") % {"name": made.name})
            return redirect("organizations:tree")
    return render(request, "organizations/unit_new.html", {"form": form}, status=400 if form.errors else 200)


@role_required(Role.ADMINISTRATOR)
def unit(request: HttpRequest, unit_uuid: uuid.UUID) -> HttpResponse:
    """Rename a unit."""
    reach = access_organizations_for(signed_in(request), timezone.localdate(), [Role.ADMINISTRATOR.value])
    organization: Organization = get_object_or_404(reach, uuid=unit_uuid)
    name = request.POST.get("name", "").strip()[:120]
    if request.method == "POST" and name:
        rename_organization(organization=organization, name=name, by=signed_in(request), at=timezone.now())
        messages.success(request, _("The unit is now called %(name)s.") % {"name": name})
        return redirect("organizations:tree")
    return render(request, "organizations/unit.html", {"organization": organization})
