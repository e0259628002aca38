"""Accounts: list, page of one, new one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.organizations.accounts import (
    account_lines,
    closing_of,
    factor_types,
    former_grant_lines,
    grant_lines,
    namesakes_of,
    post_lines,
    search_accounts,
    with_posts_and_grants,
)
from portal.organizations.actions import open_account
from portal.organizations.forms import AccountForm
from portal.organizations.queries import MANAGING_ROLES, access_organizations_for, managed_people_for, posts_of
from portal.users.actions.slips import newest_slip
from portal.users.identities import changes_of
from portal.users.models import Role, User
from portal.users.permissions import can_manage, role_required, signed_in
from portal.users.rights import has_role

PAGE_SIZE = 50
account_keepers_only = role_required(*MANAGING_ROLES)


def managed_person(request: HttpRequest, user_uuid: uuid.UUID) -> User:
    """Return the person whose account the reader looks after; 404 for everybody else."""
    return get_object_or_404(managed_people_for(signed_in(request), timezone.localdate()), uuid=user_uuid)


@account_keepers_only
@require_GET
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts in reach, with search and filters."""
    reader, today = signed_in(request), timezone.localdate()
    units = access_organizations_for(reader, today, MANAGING_ROLES).order_by("path")
    chosen = {key: request.GET.get(key, "")[:80] for key in ("q", "organization", "state")}
    organization = _known_uuid(chosen["organization"])
    people = search_accounts(reader, today, text=chosen["q"].strip(), organization=organization, state=chosen["state"])
    page = Paginator(with_posts_and_grants(people, today), PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"page_obj": page, "lines": account_lines(page), "units": units, "query": query.urlencode()}
    return render(request, "organizations/account_list.html", {**context, **chosen})


def _known_uuid(written: str) -> str:
    """Return the uuid as text, or nothing for anything else."""
    try:
        return str(uuid.UUID(written))
    except ValueError:
        return ""


@account_keepers_only
def account_new(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody in reach."""
    form = AccountForm(request.POST or None, by=signed_in(request), today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            user = open_account(**form.cleaned_data, by=signed_in(request), at=timezone.now())
        except ValidationError as error:
            form.add_error("username", error)
        else:
            messages.success(request, _("The account of %(name)s is made. Print a slip next.") % {"name": user.name})
            if namesakes := namesakes_of(user, signed_in(request), timezone.localdate()):
                text = _("Others are called so too: %(people)s. Make sure that this is nobody who has an account.")
                messages.warning(request, text % {"people": "、".join(namesakes)})
            return redirect("organizations:account", user.uuid)
    status = 400 if form.errors else 200
    return render(request, "organizations/account_new.html", {"form": form}, status=status)


@account_keepers_only
@require_GET
def account(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """One account: post, roles, factors, and what may be done."""
    reader, today = signed_in(request), timezone.localdate()
    person = managed_person(request, user_uuid)
    context = {
        "person": person,
        "posts": post_lines(person, reader, today),
        "has_post": posts_of(person, today).filter(is_primary=True).exists(),
        "grants": grant_lines(person, today, reader, with_planned=True),
        "former_grants": former_grant_lines(person, today),
        "closing": closing_of(person),
        "factors": factor_types(person),
        "identity_changes": changes_of(person),
        "may_manage": can_manage(reader, person, today),
        "may_see_as": person.is_active
        and has_role(reader, Role.ADMINISTRATOR, on=today)
        and can_manage(reader, person, today),
        "is_self": person.pk == reader.pk,
        "newest_slip": newest_slip(person),
        "title": _("Account of %(name)s") % {"name": person.name},
    }
    return render(request, "organizations/account.html", context)
