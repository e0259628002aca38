"""Tags of the site's pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail import hooks
from wagtail.images.models import AbstractImage
from wagtail.models import Page

from portal.pages.models import ArticlePage, KnowledgeIndexPage
from portal.pages.queries import address_of, articles_of, latest_articles, spoken_language, top_page
from portal.pages.renditions import NARROW, WIDE

register = template.Library()


@register.simple_tag
def picture(image: AbstractImage, alt: str) -> SafeString:
    """Return a picture in two sizes; both were made when the page was published."""
    renditions = image.get_renditions(NARROW, WIDE)
    narrow, wide = renditions[NARROW], renditions[WIDE]
    return format_html(
        '<img src="{}" srcset="{} {}w, {} {}w" sizes="(min-width: 60rem) 42rem, 100vw" width="{}" height="{}" alt="{}" loading="lazy">',
        narrow.url,
        narrow.url,
        narrow.width,
        wide.url,
        wide.width,
        narrow.width,
        narrow.height,
        alt,
    )


@register.simple_tag(takes_context=True)
def hooked(context: template.Context, name: str, *arguments: Any) -> SafeString:
    """Sections that upper apps add under a hook's name; each hook takes the request and the tag's arguments."""
    request = context.get("request")
    if request is None:
        return mark_safe("")
    # Each part was rendered by a template of its own, which escaped it.
    return mark_safe("".join(str(render(request, *arguments) or "") for render in hooks.get_hooks(name)))  # noqa: S308


@register.simple_tag
def newest_articles(limit: int = 3) -> list[ArticlePage]:
    """Return the newest articles in the language of the page."""
    return latest_articles(spoken_language(), limit)


@register.simple_tag(takes_context=True)
def knowledge_section(context: template.Context) -> Page | None:
    """Return the knowledge section in the language of the page."""
    request = context.get("request")
    return top_page(request, "knowledgeindexpage") if request is not None else None


@register.simple_tag(takes_context=True)
def article_list(context: template.Context, index: KnowledgeIndexPage, size: int = 12) -> PaginatorPage[ArticlePage]:
    """Return the articles of a section that the address asks for."""
    request = context.get("request")
    return Paginator(articles_of(index), size).get_page(request.GET.get("page") if request else 1)


@register.simple_tag
def pages_above(page: Page) -> list[dict[str, str]]:
    """Return the pages above one, from the front page down."""
    above = page.get_ancestors().filter(depth__gt=1).live().select_related("locale")
    return [{"title": one.title, "url": address_of(one)} for one in above]


@register.filter
def headings(stream: Any) -> list[Any]:
    """Return the heading blocks of a stream, for its table of contents."""
    return [block for block in stream if block.block_type == "heading"]


@register.filter
def address(page: Page) -> str:
    """Return the page's address."""
    return address_of(page)
