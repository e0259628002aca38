"""What this app tells others at start: what can be found, what happens by date, who may do what, what notices say."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from portal.audit.details import register_words
from portal.audit.sentences import register_labels, register_rows
from portal.notifications.registry import register_notice
from portal.pages.findable import register_mark
from portal.queue.registry import Chore, register_chore
from portal.users.wagtail_groups import register_permissions
from search.registry import register_entry_source, register_replacements

from . import receivers  # noqa: F401  (they connect themselves)
from .actions.dating import follow_calendar
from .actions.impact import NOTICE
from .audit_rows import ROWS, WORDS
from .entries import entries
from .event_labels import LABELS, SENTENCES
from .permissions import EDITORS
from .queries import is_stale_target, replacements_of

PUBLISHED_MODELS = ("policywork", "glossaryterm")
PLAIN_MODELS = ("policytheme", "policyrelation", "provisionlink")
STALE = "stale"


def mark_of(kind: str, source_uuid: uuid.UUID) -> str:
    """Return what the search shows beside a lesson whose clause changed."""
    return STALE if kind == "lesson" and is_stale_target("lesson_block", source_uuid) else ""


def follow(at: datetime) -> None:
    """Let texts hold whose day has come."""
    follow_calendar(at=at)


register_entry_source("policies", entries)
register_replacements("policy", replacements_of)
register_mark(mark_of)
register_labels(LABELS, SENTENCES)
for kind, describe in ROWS.items():
    register_rows(kind, describe)
register_words(WORDS)
register_notice(NOTICE, _("“%(item)s” quotes %(policy)s %(clause)s, which changed. Please review it."))
register_chore(Chore("knowledge.follow_calendar", timedelta(hours=1), follow))
for role in EDITORS:
    names = [f"knowledge.{verb}_{model}" for verb in ("add", "change", "view") for model in PUBLISHED_MODELS]
    names += [f"knowledge.{verb}_{model}" for verb in ("publish", "lock", "unlock") for model in PUBLISHED_MODELS]
    names += [f"knowledge.{verb}_{model}" for verb in ("add", "change", "view") for model in PLAIN_MODELS]
    names += ["knowledge.delete_policyrelation", "knowledge.delete_glossaryterm"]
    register_permissions(role, *names)
