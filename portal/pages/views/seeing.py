"""Beginning and ending to look as another person."""

from __future__ import annotations

import time
import uuid

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.organizations.queries import managed_people_for
from portal.pages.seeing import FRESH_SECONDS, LASTS, SESSION_KEY, begin_seeing, may_see_as, stop
from portal.users.models import Role
from portal.users.permissions import role_required, signed_in


def _has_just_shown_a_factor(request: HttpRequest) -> bool:
    records = get_authentication_records(request, signed_in(request))
    return any(each.get("method") == "mfa" and time.time() - each.get("at", 0) < FRESH_SECONDS for each in records)


@role_required(Role.ADMINISTRATOR)
@never_cache
def see_as(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Ask for the second factor and a reason, then look as the person."""
    by, now = signed_in(request), timezone.now()
    person = get_object_or_404(managed_people_for(by, timezone.localdate()), uuid=user_uuid)
    if not may_see_as(by, person, now):
        raise Http404
    if not _has_just_shown_a_factor(request):
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}")
    reason = request.POST.get("reason", "").strip()[:200]
    if request.method == "POST" and reason:
        until = begin_seeing(person=person, reason=reason, by=by, at=now)
        began_at = reverse("organizations:account", args=[person.uuid])
        request.session[SESSION_KEY] = {"person": person.pk, "until": until.isoformat(), "began_at": began_at}
        return redirect("learning:dashboard")
    context = {"person": person, "minutes": int(LASTS.total_seconds() // 60), "is_missing": request.method == "POST"}
    return render(request, "pages/see_as.html", context, status=400 if request.method == "POST" else 200)


@require_POST
def stop_seeing(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    began_at = str(request.session.get(SESSION_KEY, {}).get("began_at", ""))
    if SESSION_KEY in request.session:
        stop(request)
        messages.success(request, _("You see the portal as yourself again."))
    if not request.user.is_authenticated:
        return redirect("account_login")
    return redirect(began_at or "portal:work")
