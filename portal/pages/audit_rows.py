"""What an auditor reads of pages: Wagtail's acts have names, published pages have an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wagtail.log_actions import registry
from wagtail.models import Page, get_page_models

from portal.audit.sentences import Concerned, Describe, Key


def published(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Pages that anybody may open; drafts and closed pages have no address here."""
    pages = Page.objects.live().public().filter(pk__in=[key for key in keys if isinstance(key, int)])
    return {page.pk: Concerned(address=page.url or "") for page in pages}


def act(code: str) -> str:
    """Return what Wagtail calls the act; asked when it is read, for its own apps tell it later than this one starts."""
    return str(dict(registry.get_choices()).get(code, ""))


ROWS: dict[str, Describe] = {model._meta.label_lower: published for model in get_page_models()}
