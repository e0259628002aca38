"""Sizes of pictures. They are made when a page is published, never while somebody waits for it."""

from __future__ import annotations

from wagtail.models import Page

from .queries import images_of

NARROW = "width-760|format-webp"
WIDE = "width-1520|format-webp"


def make_renditions(page: Page) -> None:
    """Make every size of every picture in the page that is not there yet."""
    for image in images_of(page):
        image.get_renditions(NARROW, WIDE)
