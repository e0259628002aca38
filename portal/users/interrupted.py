"""Acts that were interrupted because nobody was signed in any more: kept, and offered again after the sign-in.

What a form had sent stays in the session on the server, is bound to the person whose form it was, and is sent again
only by that person's own click. Files and passwords are never kept.
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.middleware import csrf
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from .interrupted_acts import act_name
from .limits import count

SESSION_KEY = "interrupted_act"
LONGEST = 64 * 1024
"""Characters of a form that are kept; a longer one is not, and its page says so."""
KEPT_SECONDS = 3600
ACTS_PER_ADDRESS = (240, 600)
"""Interrupted acts kept for one address, and seconds: a training room fits in, a flood does not."""
CARRIED = frozenset({"next", "run", "confirmed", "act", "action", "block"})
"""Fields that no person fills in."""
UUID_LIKE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NEVER_KEPT = "/accounts/"
"""Addresses below take passwords and codes."""


def remember_form_owner(request: HttpRequest, user_pk: int) -> None:
    """Note whose the forms are that this browser is given from now on."""
    secret = request.META.get("CSRF_COOKIE")
    if secret:
        cache.set(_owner_key(secret), user_pk, settings.SESSION_COOKIE_AGE * 2)


def form_owner(request: HttpRequest) -> int | None:
    """Return whose form was sent: the person who was signed in when it was made; None when nobody or not known."""
    token = request.POST.get("csrfmiddlewaretoken") or request.headers.get("X-CSRFToken") or ""
    try:
        csrf._check_token_format(token)  # type: ignore[attr-defined]  # Django has no public door to it
    except csrf.InvalidTokenFormat:
        return None
    if len(token) == csrf.CSRF_TOKEN_LENGTH:
        token = csrf._unmask_cipher_token(token)  # type: ignore[attr-defined]
    return cast("int | None", cache.get(_owner_key(token)))


def _owner_key(secret: str) -> str:
    return f"form-owner-{hashlib.sha256(secret.encode()).hexdigest()}"


def is_sent_by_a_person(request: HttpRequest) -> bool:
    """Return whether a form was sent by its button; what scripts send in passing is offered to nobody."""
    return request.method == "POST" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def keep(request: HttpRequest) -> str:
    """Keep what was sent and return the address of the page to come back to."""
    page = page_of(request)
    if request.path.startswith(NEVER_KEPT) or not count(
        f"interrupted:{request.META.get('REMOTE_ADDR')}", *ACTS_PER_ADDRESS
    ):
        return page
    fields, fits = _fields_of(request)
    request.session[SESSION_KEY] = {
        "path": request.get_full_path(),
        "page": page,
        "fields": fields if fits else [],
        "is_whole": fits and not request.FILES,
        "has_files": bool(request.FILES),
        "view": request.resolver_match.view_name if request.resolver_match else "",
        "owner": form_owner(request),
        "at": time.time(),
    }
    return page


def sent_again(request: HttpRequest) -> dict[str, Any] | None:
    """Return what a form sent, to stand in the answer itself when nothing can be kept; None for what is no form."""
    if not is_sent_by_a_person(request):
        return None
    takes_secrets = request.path.startswith(NEVER_KEPT) or any("password" in name for name in request.POST)
    fields, fits = _fields_of(request)
    is_whole = fits and not request.FILES and not takes_secrets
    page = request.get_full_path() if request.path.startswith(NEVER_KEPT) else page_of(request)
    return {"path": request.get_full_path(), "page": page, "fields": fields if is_whole else [], "is_whole": is_whole}


def _fields_of(request: HttpRequest) -> tuple[list[tuple[str, str]], bool]:
    """Return what a person entered, without secrets, and whether it is short enough to be kept."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    return fields, sum(len(name) + len(value) for name, value in fields) <= LONGEST


def page_of(request: HttpRequest) -> str:
    """Return the page of this site on which the form stood; without a word of the browser,
    a page that offers the act."""
    came_from = request.headers.get("Referer", "")
    fallback = reverse("users:interrupted")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return fallback
    parts = urlsplit(came_from)
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # Authors' screens are Wagtail's own and show no banner of ours; a sign-in page is no place to come back to.
    return fallback if not page.startswith("/") or page.startswith(("/admin/", NEVER_KEPT)) else page


def offered(request: HttpRequest, *, anywhere: bool = False) -> dict[str, Any] | None:
    """Return the act to offer on this page (or on any): only to whom it belongs, only for an hour."""
    user = getattr(request, "user", None)  # a page that appears when something went wrong may have none
    if user is None or not user.is_authenticated or SESSION_KEY not in request.session:
        return None
    act: dict[str, Any] = request.session[SESSION_KEY]
    is_owner = act["owner"] in (None, user.pk)
    if not is_owner or time.time() - act["at"] > KEPT_SECONDS:
        drop(request)
        return None
    if not anywhere and act["page"] != request.get_full_path():
        return None
    shown = [value for name, value in act["fields"] if _is_typed(name, value)]
    return {**act, "name": act_name(str(act.get("view", ""))), "shown": shown}


def _is_typed(name: str, value: str) -> bool:
    """Return whether a person would know the value again; what forms carry along unseen is left out."""
    return bool(value.strip()) and name not in CARRIED and not UUID_LIKE.fullmatch(value)


def drop(request: HttpRequest) -> None:
    """Forget the act."""
    request.session.pop(SESSION_KEY, None)
