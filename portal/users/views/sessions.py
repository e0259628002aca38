"""Ending the sign-in of one's own on one device."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.users.actions import end_session as end
from portal.users.permissions import signed_in


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sign-ins; that of this very device is ended by signing out."""
    session = get_object_or_404(UserSession, pk=pk, user=signed_in(request))
    if session.session_key == request.session.session_key:
        get_adapter(request).logout(request)
        return redirect("account_login")
    end(session=session, by=signed_in(request), at=timezone.now())
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")
