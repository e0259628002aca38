"""Whether what was laid out on a certificate's page stands apart: nothing runs into the foot or over the edge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SLACK_PX = 8.0
"""How far a line may stand out at the side: letter spacing follows the last letter too."""
GAP_PX = 4.0
"""Least distance between the text and what stands at the foot."""


def fits(document: Any) -> bool:
    """Return whether the laid-out certificate (a WeasyPrint document) is one page on which `.text` ends above `.feet`.

    The parts of the foot grow upwards, each by itself; all of them must stay below the text, and inside the page's box.
    """
    if len(document.pages) != 1:
        return False
    boxes = list(_boxes(document.pages[0]._page_box))
    page = _named(boxes, "page")
    text, feet = _named(boxes, "text"), _named(boxes, "feet")
    if page is None or text is None or feet is None:
        return False  # WeasyPrint drops what finds no room on the page at all
    lowest = max(_bottom(box) for box in _boxes(text))
    highest = min(box.position_y for box in _boxes(feet))
    left, right = page.content_box_x(), page.content_box_x() + page.width
    lines = [box for part in (text, feet, *_all_named(boxes, "h1")) for box in _boxes(part) if _is_text(box)]
    is_inside = all(
        box.position_x >= left - SLACK_PX and box.position_x + box.width <= right + SLACK_PX for box in lines
    )
    return lowest + GAP_PX <= highest and is_inside


def _boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


def _named(boxes: list[Any], name: str) -> Any:
    return next((box for box in boxes if name in _classes(box)), None)


def _all_named(boxes: list[Any], tag: str) -> list[Any]:
    return [box for box in boxes if getattr(box, "element_tag", "") == tag]


def _classes(box: Any) -> list[str]:
    element = getattr(box, "element", None)
    return str(element.get("class", "")).split() if element is not None else []


def _is_text(box: Any) -> bool:
    return hasattr(box, "text") and bool(box.text.strip())


def _bottom(box: Any) -> float:
    height = box.height if isinstance(box.height, int | float) else 0.0
    return float(box.position_y + height)
