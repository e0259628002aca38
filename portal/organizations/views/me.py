"""One's own account."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.organizations.accounts import factor_types, grant_lines
from portal.organizations.queries import posts_of


@login_required
@require_GET
def my_account(request: HttpRequest) -> HttpResponse:
    """Name, posts, roles, factors, sessions."""
    today = timezone.localdate()
    context = {
        "posts": posts_of(request.user, today),
        "grants": grant_lines(request.user, today),
        "factors": factor_types(request.user),
        "sessions": UserSession.objects.filter(user=request.user).count(),
    }
    return render(request, "organizations/my_account.html", context)
