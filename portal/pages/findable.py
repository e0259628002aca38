"""Which pages the search finds, and how. Upper apps add their page types with `register_findable`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail.models import Page, PageViewRestriction

from search.actions import drop_entry, put_entries
from search.models import SearchEntry
from search.plugging import Contributions, Registry
from search.registry import AUTHENTICATED, PUBLIC, Entry

from .queries import address_of, text_of


@dataclass(frozen=True)
class Finding:
    """What a page says about itself to the search; the uuid is that of the row which the page presents."""

    kind: str
    source_uuid: uuid.UUID
    parent_title: str = ""


Describe = Callable[[Any], Finding]

Mark = Callable[[str, uuid.UUID], str]

_describers: Registry[type[Page], Describe] = Registry("type of page that is found")
_marks: Contributions[Mark] = Contributions("marks beside entries")


def register_findable(model: type[Page], describe: Describe) -> None:
    """Have published pages of the type found."""
    _describers.register(model, describe)


def register_mark(mark: Mark) -> None:
    """Let `mark` say by kind and uuid what the search shows beside an entry."""
    _marks.add(mark)


def key_of(page: Page) -> str | None:
    """Return the search's key of a page, or None for a type that is not found."""
    describe = _describers.get(type(page))
    if describe is None:
        return None
    found = describe(page)
    return f"{found.kind}:{found.source_uuid}:{page.locale.language_code}"


def entry_of(page: Page) -> Entry | None:
    """Return the entry of a page, or None where nobody may find it: a draft, a foreign type, a page for a few."""
    describe = _describers.get(type(page))
    audience = _audience(page)
    if describe is None or not page.live or audience is None:
        return None
    found = describe(page)
    return Entry(
        key=f"{found.kind}:{found.source_uuid}:{page.locale.language_code}",
        kind=found.kind,
        source_uuid=found.source_uuid,
        language=page.locale.language_code,
        title=page.title,
        body=text_of(page),
        url=address_of(page),
        audience=audience,
        parent_title=found.parent_title,
        status=next((said for mark in _marks if (said := mark(found.kind, found.source_uuid))), ""),
    )


def _audience(page: Page) -> str | None:
    """Return who may find the page by Wagtail's own restrictions; None for groups and passwords,
    which no token expresses."""
    kinds = {restriction.restriction_type for restriction in page.get_view_restrictions()}
    if not kinds:
        return PUBLIC
    return AUTHENTICATED if kinds == {PageViewRestriction.LOGIN} else None


def has_moved(page: Page) -> bool:
    """Return whether the search knows the page under another address than its present one."""
    return SearchEntry.objects.filter(key=key_of(page) or "").exclude(url=address_of(page)).exists()


def put_page(page: Page, at: datetime) -> None:
    """Make the search agree with the page as it is now, in the caller's transaction."""
    key = key_of(page)
    if key is None:
        return
    entry = entry_of(page)
    if entry is None:
        drop_entry(key=key)
    else:
        put_entries([entry], at=at)


def drop_page(page: Page) -> None:
    """Make the page unfindable."""
    key = key_of(page)
    if key is not None:
        drop_entry(key=key)


def pages_and_below(page: Page) -> Iterator[Page]:
    """Yield the page and every page below it, as what they are."""
    yield from Page.objects.descendant_of(page, inclusive=True).select_related("locale").specific().iterator(100)


def entries() -> Iterator[Entry]:
    """Every entry, for a rebuild of the index."""
    for model in _describers:
        for page in model.objects.live().select_related("locale").order_by("pk").iterator(100):
            entry = entry_of(page)
            if entry is not None:
                yield entry
