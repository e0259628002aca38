"""What this app tells others at start: what of it can be found, and what happens by date."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.management import call_command
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from portal.audit.sentences import register_labels
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, register_chore
from search.registry import register_source

from . import audit_rows
from .findable import Finding, entries, register_findable
from .models import ArticlePage, ContentPage, PeoplePage


def publish_scheduled(at: datetime) -> None:
    """This will publish and expire the pages whose time has come."""
    call_command("publish_scheduled", verbosity=0)


def describe_article(page: Page) -> Finding:
    """An article; its translations share its uuid."""
    return Finding("article", page.translation_key)


def describe_page(page: Page) -> Finding:
    """A plain page."""
    return Finding("page", page.translation_key)


register_findable(ArticlePage, describe_article)
register_findable(ContentPage, describe_page)
register_findable(PeoplePage, describe_page)
register_source("pages", entries)
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
audit_rows.register()
