"""What this app tells others at start: what happens to users by date, its events, whom the search lets read what."""

from __future__ import annotations

from datetime import timedelta

from django import forms

from portal.audit.details import register_words
from portal.audit.sentences import register_labels
from portal.queue.registry import Chore, register_chore
from portal.writing import check_writable
from search.registry import register_address, register_audience

from . import checks, name_order, receivers  # noqa: F401  (they connect themselves)
from .audiences import roles_of_reader
from .audit_words import WORDS
from .chores import clear_tokens, follow_the_calendar
from .event_labels import LABELS, SENTENCES
from .limits import address_of

# Every text field of every form, Wagtail's too: what is let in here ends in workbooks and on paper.
forms.CharField.default_validators = [check_writable]

register_chore(Chore("users.follow_the_calendar", timedelta(minutes=5), follow_the_calendar))
register_chore(Chore("users.clear_tokens", timedelta(days=1), clear_tokens))
register_labels(LABELS, SENTENCES)
register_words(WORDS)
register_audience("roles", roles_of_reader)
register_address(address_of)
