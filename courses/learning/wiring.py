"""What this app tells others at start: the runs of a person, for the hub; its notices; the names of its events."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from courses.catalog.places import register_places
from portal.audit.details import register_words
from portal.audit.sentences import register_labels
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, register_chore
from portal.users.claims import register_groups

from .actions import complete_who_lack_nothing
from .audit_words import WORDS
from .event_labels import LABELS, SENTENCES
from .place_tags import place_tags
from .queries import run_groups

register_groups(run_groups)
register_places(place_tags)
register_labels(LABELS, SENTENCES)
register_words(WORDS)
register_chore(Chore("learning.complete_who_lack_nothing", timedelta(minutes=5), complete_who_lack_nothing))
register_notice("learning.enrolled_by_other", _("%(by)s enrolled you in “%(run)s”. You find it in My learning."))
register_notice(
    "learning.withdrawn_by_other", _("%(by)s withdrew you from “%(run)s”. What you learned stays recorded.")
)
