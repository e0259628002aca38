"""What this app tells others at start: what of it can be found, and what happens by date."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from portal.audit.sentences import register_label_source, register_labels, register_rows
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, register_chore
from search.registry import register_entry_source

from . import receivers  # noqa: F401  (they connect themselves)
from .audit_rows import ROWS, act
from .chores import publish_scheduled
from .findable import Finding, entries, register_findable
from .models import ArticlePage, ContentPage, PeoplePage


def describe_article(page: Page) -> Finding:
    """Return an article; its translations share its uuid."""
    return Finding("article", page.translation_key)


def describe_page(page: Page) -> Finding:
    """Return a plain page."""
    return Finding("page", page.translation_key)


register_findable(ArticlePage, describe_article)
register_findable(ContentPage, describe_page)
register_findable(PeoplePage, describe_page)
register_entry_source("pages", entries)
register_labels(
    {
        "users.seeing_as_began": _("Began to look as this person"),
        "users.seeing_as_ended": _("Ended looking as this person"),
    },
    {
        "users.seeing_as_began": _("%(actor)s began to see the portal as %(target)s"),
        "users.seeing_as_ended": _("%(actor)s stopped seeing the portal as %(target)s"),
    },
)
register_notice(
    "users.seen_as",
    _("The administrator %(by)s looked at the portal as you for at most %(minutes)s minutes: %(reason)s"),
)
register_chore(Chore("pages.publish_scheduled", timedelta(minutes=1), publish_scheduled))
register_label_source(act)
for kind, describe in ROWS.items():
    register_rows(kind, describe)
