"""The list of one's notices."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from portal.users.models import User

from .actions import mark_all_read, mark_read
from .queries import access_notices_for, unread_count

PAGE_SIZE = 30


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """List the reader's notices, newest first."""
    page = Paginator(access_notices_for(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notifications/notices.html", {"page_obj": page, "unread": unread_count(request.user)})


@login_required
@require_POST
def read(request: HttpRequest, notice_uuid: uuid.UUID) -> HttpResponse:
    """Mark the notice read and lead to what it tells of."""
    notice = access_notices_for(request.user).filter(uuid=notice_uuid).first()
    if notice is None:
        raise Http404
    mark_read(notice=notice, at=timezone.now())
    is_ours = url_has_allowed_host_and_scheme(notice.url, {request.get_host()}, require_https=request.is_secure())
    return redirect(notice.url if notice.url and is_ours else "notifications:notices")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark every notice of the reader read."""
    assert isinstance(request.user, User)  # login_required
    number = mark_all_read(user=request.user, at=timezone.now())
    said = ngettext("%(number)s notice is marked as read.", "%(number)s notices are marked as read.", number)
    messages.success(request, said % {"number": number})
    return redirect("notifications:notices")
