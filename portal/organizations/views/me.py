"""One's own account."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.organizations.accounts import factor_types, grant_lines
from portal.organizations.contacts import contacts_of
from portal.organizations.queries import posts_of
from portal.users.permissions import signed_in


@login_required
@require_GET
def my_account(request: HttpRequest) -> HttpResponse:
    """Name, posts, roles, factors, sessions."""
    person, today = signed_in(request), timezone.localdate()
    context = {
        "posts": posts_of(person, today),
        "grants": grant_lines(person, today),
        "factors": factor_types(person),
        "contacts": contacts_of(person, today),
        "sessions": UserSession.objects.filter(user=person).count(),
    }
    return render(request, "organizations/my_account.html", context)
