"""Reading the site: menus, articles, translations, and the text and pictures of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import get_language
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import Image
from wagtail.models import Page, PageViewRestriction
from wagtail.rich_text import get_text_for_indexing

from .models import ArticlePage, KnowledgeIndexPage

Pages = TypeVar("Pages", bound=QuerySet[Any])


@dataclass(frozen=True)
class NavigationItem:
    """A place in the navigation."""

    label: str
    url: str
    current: bool = False
    is_work: bool = False
    """Whether it belongs to a staff role: such places stand together in one menu, so that the header stays one row."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the reader in a role; apps tell it by the hook `chengxue_waiting`."""

    label: str
    count: int
    url: str


def spoken_language() -> str:
    """Language in which this reader is spoken to: `zh-hans` or `en`."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def address_of(page: Page) -> str:
    """Return the page's address on this one site; unlike Wagtail's own it asks neither the database nor the cache."""
    language = page.locale.language_code
    path = page.url_path.lstrip("/").partition("/")[2]
    return f"/{path}" if language == settings.LANGUAGE_CODE else f"/{language}/{path}"


def open_to_all(pages: Pages) -> Pages:
    """Leave out pages that stand below a restriction; unlike Wagtail's `public()` it asks nothing of its own."""
    above = PageViewRestriction.objects.annotate(below=ExpressionWrapper(OuterRef("path"), output_field=CharField()))
    return pages.exclude(Exists(above.filter(below__startswith=F("page__path"))))


def top_pages(request: HttpRequest) -> list[Page]:
    """Return published pages right below the front page, in the order that authors gave them;
    asked once per request."""
    language = spoken_language()
    kept: dict[str, list[Page]] = request.__dict__.setdefault("_chengxue_top_pages", {})
    if language not in kept:
        pages = Page.objects.live().filter(depth=3, locale__language_code=language)
        kept[language] = list(pages.select_related("locale", "content_type").order_by("path"))
    return kept[language]


def top_page(request: HttpRequest, model: str) -> Page | None:
    """Return the first page right below the front page of a type such as `courseindexpage`."""
    return next((page for page in top_pages(request) if page.content_type.model == model), None)


def menu_pages(request: HttpRequest) -> list[Page]:
    """Pages of the main menu."""
    return [page for page in top_pages(request) if page.show_in_menus]


def footer_pages(request: HttpRequest) -> list[Page]:
    """Plain pages that the foot of every page leads to."""
    return [page for page in top_pages(request) if not page.show_in_menus and page.content_type.model == "contentpage"]


def latest_articles(language: str, limit: int = 3) -> list[ArticlePage]:
    """Return the newest articles that everybody may read."""
    pages = open_to_all(ArticlePage.objects.live().filter(locale__language_code=language))
    return list(pages.select_related("locale").order_by("-date", "-pk")[:limit])


def articles_of(index: KnowledgeIndexPage) -> QuerySet[ArticlePage]:
    """Articles of a knowledge section, the newest first."""
    return open_to_all(ArticlePage.objects.live().child_of(index)).select_related("locale").order_by("-date", "-pk")


def served_page(request: HttpRequest) -> Page | None:
    """Return the page that this request is answered with, if Wagtail answers it."""
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
