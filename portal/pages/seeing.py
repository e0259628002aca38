"""Seeing the portal as another person does: an administrator, read-only, for a while, on the record.

The session stays the administrator's own. For pages of an allowed list the middleware lets the view run as the other
person inside a transaction that is rolled back, so that looking leaves no trace in that person's learning. Everything
else is refused: whatever is sent, the way into labs, files of submissions and certificates, the person's sign-in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.queue.turns import taken_back
from portal.users.models import Role, User
from portal.users.permissions import can_manage
from portal.users.rights import has_role

SESSION_KEY = "seeing_as"
LASTS = timedelta(minutes=15)
FRESH_SECONDS = 300
"""How long ago the second factor may have been shown at most when a viewing begins."""
OWN = frozenset({"portal:preferences", "portal:language", "portal:media", "portal:stop_seeing", "javascript-catalog"})
"""Served as the administrator: reading aids, public files and the end of it."""
VISIBLE = frozenset(
    {
        "wagtail_serve", "portal:work", "portal:role_help", "organizations:my_account", "organizations:accounts",
        "organizations:account", "organizations:tree", "learning:dashboard", "learning:runs", "notifications:notices",
        "hr:people", "hr:summary", "hr:person", "audit:events", "datasets:list", "datasets:dataset", "datasets:desk",
        "knowledge:policies", "knowledge:policy", "knowledge:glossary", "knowledge:reviews", "search:results",
        "grading:lab", "grading:desk", "assignments:labs", "certification:verify",
    }
)  # fmt: skip
"""Names of the pages that may be seen as somebody else; a page that is not named is not shown."""


@dataclass(frozen=True)
class Seeing:
    """Whom an administrator looks as, and until when."""

    person: User
    until: datetime


def may_see_as(by: User, person: User, at: datetime) -> bool:
    """Administrators only, and only people in reach whose rights lie within their own."""
    on = timezone.localdate(at)
    return person.is_active and has_role(by, Role.ADMINISTRATOR, on=on) and can_manage(by, person, on)


@transaction.atomic
def begin_seeing(*, person: User, reason: str, by: User, at: datetime) -> datetime:
    """Record and tell the person that `by` looks as them; returns until when. Raises PermissionDenied."""
    if not reason.strip() or not may_see_as(by, person, at):
        raise PermissionDenied
    until = at + LASTS
    details = {"reason": reason.strip()[:200], "until": until.isoformat()}
    record(by=by, at=at, event="users.seeing_as_began", target=person, details=details)
    params = {"by": by.name, "reason": reason.strip()[:200], "minutes": int(LASTS.total_seconds() // 60)}
    notify(user=person, kind="users.seen_as", params=params, at=at)
    return until


@transaction.atomic
def end_seeing(*, person: User, by: User, at: datetime) -> None:
    """Record that `by` looks as the person no more."""
    record(by=by, at=at, event="users.seeing_as_ended", target=person)


def seeing_of(request: HttpRequest) -> Seeing | None:
    """Return whom the session looks as; ended, and recorded as ended, once the time or the right is over."""
    kept: dict[str, Any] | None = request.session.get(SESSION_KEY)
    if not kept or not request.user.is_authenticated:
        return None
    person = User.objects.filter(pk=kept["person"]).first()
    until = datetime.fromisoformat(kept["until"])
    now = timezone.now()
    if person is None or now >= until or not may_see_as(request.user, person, now):
        stop(request)
        return None
    return Seeing(person, until)


def stop(request: HttpRequest) -> None:
    """End the viewing of the session, if there is one."""
    kept = request.session.pop(SESSION_KEY, None)
    person = User.objects.filter(pk=kept["person"]).first() if kept else None
    if person is not None and not isinstance(request.user, AnonymousUser):
        end_seeing(person=person, by=request.user, at=timezone.now())


class SeeingMiddleware:
    """Lets views run as the person who is looked as; stands behind everything that asks who holds the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Answer as the other person, or refuse; without a viewing it does nothing."""
        if SESSION_KEY not in request.session:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name == "account_logout":
            stop(request)
            return None
        seeing = seeing_of(request)
        if seeing is None or name in OWN:
            return None
        request.seeing = seeing  # type: ignore[attr-defined]  # what the banner shows
        if request.method not in ("GET", "HEAD") or name not in VISIBLE:
            return render(request, "pages/seeing_refused.html", {"person": seeing.person}, status=403)
        return _as_person(request, seeing.person, lambda: view(request, *args, **kwargs))


def _as_person(request: HttpRequest, person: User, answer: Callable[[], Any]) -> HttpResponseBase:
    holder = request.user
    request.user = person
    try:
        with taken_back():
            response = answer()
            if hasattr(response, "render") and not response.is_rendered:
                response = response.render()
    finally:
        request.user = holder
    if not isinstance(response, HttpResponse) or response.headers.get("Content-Disposition"):
        return redirect("portal:work")  # a file: nothing is taken away while looking
    response.headers["Cache-Control"] = "private, no-store"
    return response
