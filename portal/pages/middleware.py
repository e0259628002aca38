"""The language of a request, and authors' rights on the day of the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.views.defaults import permission_denied

from .signals import authoring_entered


class LanguageMiddleware(LocaleMiddleware):
    """Pages say their language in their address (Chinese at `/`, English at `/en/`); other addresses follow the reader.

    The reader's language is a cookie, renewed by the language of the last page read, so that 我的学习 after an English
    page is English. Nobody gets English for a browser's setting: Chinese comes first here.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the address, else that of the reader."""
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        chosen = cookie if cookie in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        named = translation.get_language_from_path(request.path_info)
        language = named or (settings.LANGUAGE_CODE if _is_page(request.path_info) else chosen)
        request.spoken_by_address = language if named or language != chosen else None  # type: ignore[attr-defined]  # ours
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Name the language of the answer and remember it where the address chose it."""
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        language: str = getattr(request, "spoken_by_address", None) or ""
        changed = language and language != request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if changed and request.method == "GET" and response.status_code == 200 and isinstance(response, HttpResponse):
            remember_language(response, language)
        return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the reader's language in a cookie for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", secure=settings.IS_HTTPS
    )


def _is_page(path: str) -> bool:
    """Return whether the address is served by Wagtail, without a language in it."""
    # What matches depends on the active language, and a thread keeps that of its last request.
    with translation.override(settings.LANGUAGE_CODE):
        try:
            return resolve(path).url_name == "wagtail_serve"
        except Resolver404:
            return False


class ErrorPageMiddleware:
    """Puts a page of the site into answers that refuse with nothing but a number (405 of a POST-only address)."""

    PAGES = (400, 403, 404, 405, 413, 429, 503)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_mute = response.status_code in self.PAGES and isinstance(response, HttpResponse) and not response.content
        if not is_mute or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = render(request, f"{response.status_code}.html", status=response.status_code)
        for name in ("Allow", "Retry-After", "Cache-Control"):
            if name in response.headers:
                page.headers[name] = response.headers[name]
        return page


AUTHORING_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "form-action 'self'",
    )
)
"""Wagtail's own screens carry inline scripts and styles; nothing of theirs comes from elsewhere or goes there."""


class AuthoringMiddleware:
    """Around the authors' screens: the visitor's groups are those of today's grants, and a write is whole or not at all.

    Grants and programs end by date; without this a right would outlive its last day until the next chore. Wagtail
    saves a page, its log and what our receivers write one after the other; a kill between them must leave nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        today = timezone.localdate()
        if not request.path_info.startswith("/admin/"):
            return self.get_response(request)
        is_new_day = request.user.is_authenticated and request.session.get("authoring_day") != today.isoformat()
        if is_new_day:
            authoring_entered.send(sender=type(self), user=request.user, on=today)
            request.session["authoring_day"] = today.isoformat()
        response = self.get_response(request)
        if _is_sent_to_sign_in(request, response):
            # The sign-in sends whoever is signed in straight back, for ever.
            list(get_messages(request))  # Wagtail's word on it would else stand on a later page
            return permission_denied(request, PermissionDenied())
        response.headers.setdefault("Content-Security-Policy", AUTHORING_POLICY)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Take the write as a whole. The page that answers it, with its pictures, is drawn after the transaction."""
        is_write = request.method == "POST" and request.user.is_authenticated
        if not is_write or not request.path_info.startswith("/admin/"):
            return None
        len(request.FILES)  # takes the body apart before everybody else's writes wait for this one
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _is_sent_to_sign_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether Wagtail leads somebody to the sign-in who is signed in already, but is no author."""
    target = response.headers.get("Location", "").partition("?")
    if not target[0]:
        return False
    is_sign_in = target[0] in (reverse("wagtailadmin_login"), reverse("account_login"))
    return is_sign_in and target[2].startswith("next=") and request.user.is_authenticated
