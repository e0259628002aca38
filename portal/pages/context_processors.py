"""What every page's frame needs. Each part is read only when a template asks for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from wagtail import hooks

from portal.users.interrupted import offered
from portal.users.reading_aids import MODES, THEMES

from .queries import (
    NavigationItem,
    address_of,
    footer_pages,
    menu_pages,
    served_page,
    spoken_language,
    translation_urls,
)

LANGUAGES = (("zh-hans", "简体中文"), ("en", "English"))


def site(request: HttpRequest) -> dict[str, Any]:
    """Preferences, navigation, languages and footer of the reader, and the act that a missing sign-in interrupted."""
    navigation_of_all: Any = SimpleLazyObject(lambda: navigation(request))
    return {
        "preferences": {
            "theme": _one_of(request.COOKIES.get(f"{settings.COOKIE_PREFIX}theme"), THEMES),
            "mode": _one_of(request.COOKIES.get(f"{settings.COOKIE_PREFIX}mode"), MODES),
        },
        "navigation": navigation_of_all,
        "interrupted": SimpleLazyObject(lambda: offered(request)),
        "public_navigation": SimpleLazyObject(lambda: [item for item in navigation_of_all if not item.is_work]),
        "work_navigation": SimpleLazyObject(lambda: [item for item in navigation_of_all if item.is_work]),
        "languages": SimpleLazyObject(lambda: languages(request)),
        "footer_links": SimpleLazyObject(
            lambda: [NavigationItem(page.title, address_of(page)) for page in footer_pages(request)]
        ),
    }


def navigation(request: HttpRequest) -> list[NavigationItem]:
    """Pages of the menu, then what upper apps add for this reader by the hook `chengxue_navigation`."""
    found: list[tuple[str, str, bool | None, bool]] = [
        (page.title, address_of(page), None, False) for page in menu_pages(request)
    ]
    for register in hooks.get_hooks("chengxue_navigation"):
        for item in register(request):
            if isinstance(item, dict):
                found.append((str(item["label"]), str(item["url"]), item.get("current"), bool(item.get("is_work"))))
            else:
                found.append((str(item.label), str(item.url), None, item.is_work))
    if any(is_work for *_rest, is_work in found):
        # Whoever has work has a page of what waits; asking for the roles once more would cost each page a query.
        found.insert(0, (_("What waits for me"), reverse("portal:work"), None, True))
    # Where one address lies below another, only the nearer one is the reader's place.
    here = max((url for _, url, _, _ in found if request.path.startswith(url)), key=len, default="")
    return [
        NavigationItem(label, url, url == here if current is None else current, is_work)
        for label, url, current, is_work in found
    ]


def languages(request: HttpRequest) -> list[dict[str, Any]]:
    """Both languages; the other one leads to the translated page where there is one."""
    spoken = spoken_language()
    page = served_page(request)
    translated = translation_urls(page) if page is not None else {}
    return [
        {
            "code": code,
            "label": label,
            "url": translated.get(code) or _switch(code, "/" if page is not None else request.get_full_path()),
            "current": code == spoken,
        }
        for code, label in LANGUAGES
    ]


def _switch(code: str, target: str) -> str:
    """Address that keeps the language and leads on; an untranslated page leads to the other front page."""
    target = "/en/" if target == "/" and code == "en" else target
    return reverse("portal:language", args=[code]) + "?" + urlencode({"next": target})


def _one_of(value: str | None, allowed: tuple[str, ...]) -> str:
    return value if value in allowed else ""
