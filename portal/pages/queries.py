"""Reading the site: menus, articles, translations, and the text and pictures of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import get_language
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import Image
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from .models import ArticlePage, HomePage, KnowledgeIndexPage


@dataclass(frozen=True)
class NavigationItem:
    """A place in the navigation."""

    label: str
    url: str
    current: bool = False


def spoken_language() -> str:
    """Language in which this reader is spoken to: `zh-hans` or `en`."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def address_of(page: Page) -> str:
    """The page's address on this one site; unlike Wagtail's own it asks neither the database nor the cache."""
    language = page.locale.language_code
    path = page.url_path.lstrip("/").partition("/")[2]
    return f"/{path}" if language == settings.LANGUAGE_CODE else f"/{language}/{path}"


def menu_pages(language: str) -> QuerySet[Page]:
    """Pages of the main menu, in the order that authors gave them."""
    return (
        Page.objects.live()
        .public()
        .filter(show_in_menus=True, depth=3, locale__language_code=language)
        .select_related("locale")
        .order_by("path")
    )


def footer_pages(language: str) -> QuerySet[Page]:
    """Plain pages that the foot of every page leads to."""
    return (
        Page.objects.live()
        .filter(show_in_menus=False, depth=3, locale__language_code=language, content_type__model="contentpage")
        .select_related("locale")
        .order_by("path")
    )


def latest_articles(language: str, limit: int = 3) -> list[ArticlePage]:
    """The newest articles that everybody may read."""
    pages = ArticlePage.objects.live().public().filter(locale__language_code=language)
    return list(pages.select_related("locale").order_by("-date", "-pk")[:limit])


def articles_of(index: KnowledgeIndexPage) -> QuerySet[ArticlePage]:
    """Articles of a knowledge section, the newest first."""
    return ArticlePage.objects.live().public().child_of(index).select_related("locale").order_by("-date", "-pk")


def knowledge_index(language: str) -> KnowledgeIndexPage | None:
    """The knowledge section in a language."""
    return KnowledgeIndexPage.objects.live().filter(locale__language_code=language).order_by("path").first()


def home_page(language: str) -> HomePage | None:
    """The front page in a language."""
    return HomePage.objects.live().filter(locale__language_code=language).order_by("path").first()


def served_page(request: HttpRequest) -> Page | None:
    """The page that this request is answered with, if Wagtail answers it."""
    route = getattr(request, "_wagtail_route_for_request", None)
    return route.page if route is not None else None


def translation_urls(page: Page) -> dict[str, str]:
    """Addresses of a page's published translations by language."""
    others = page.get_translations().live().select_related("locale")
    return {other.locale.language_code: address_of(other) for other in others}


def text_of(page: Page) -> str:
    """Everything in a page's own text fields that a reader can read, for search."""
    parts: list[str] = []
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            parts += [strip_tags(str(text)) for text in field.get_searchable_content(getattr(page, field.name))]
        elif isinstance(field, RichTextField):
            parts.append(get_text_for_indexing(getattr(page, field.name)))
        elif field.name in ("introduction", "summary"):
            parts.append(getattr(page, field.name))
    return "\n".join(part.strip() for part in parts if part and part.strip())


def images_of(page: Page) -> Iterator[Image]:
    """Pictures that stand in a page's streams."""
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            for block in getattr(page, field.name):
                yield from _images_in(block.value)


def _images_in(value: Any) -> Iterator[Image]:
    if isinstance(value, Image):
        yield value
    elif hasattr(value, "values"):
        for inner in value.values():
            yield from _images_in(inner)
