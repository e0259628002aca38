"""The page of the machines of this installation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.pages.machines import machine_lines, queue_lines
from portal.queue.processes import SEEN_WITHIN, grading_places
from portal.users.models import Role
from portal.users.permissions import role_required


@role_required(Role.ADMINISTRATOR)
@require_GET
@never_cache
def machines(request: HttpRequest) -> HttpResponse:
    """Every machine, those that wrote nothing lately marked; rows alone are asked, so that any machine may answer."""
    now = timezone.now()
    reserved, shared = grading_places(now)
    context = {
        "machines": machine_lines(now),
        "queues": queue_lines(now),
        "reserved": reserved,
        "places": reserved + shared,
        "seconds": round(SEEN_WITHIN.total_seconds()),
    }
    return render(request, "pages/machines.html", context)
