"""How a view of the desk says what came of an action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from labs.datasets.refusals import DeskRefused
from portal.users.models import User
from portal.users.permissions import signed_in


def act(request: HttpRequest, action: Callable[[User], Any], *, done: str, to: str, **place: Any) -> HttpResponse:
    """Do the action for the person and lead to a page that says what came of it."""
    try:
        action(signed_in(request))
    except DeskRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect(to, **place)


def refuse_unless(allowed: bool) -> None:
    """Raise PermissionDenied where something is not allowed."""
    if not allowed:
        raise PermissionDenied


def revision_in(request: HttpRequest) -> int:
    """Return the revision of the draft that the person saw."""
    value = request.POST.get("revision", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
