"""What this app tells the others when Django starts."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from labs.datasets.registry import register_dataset_facts
from labs.grading.leaving import register_gate
from portal.audit.details import register_words
from portal.audit.sentences import register_labels, register_rows
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, register_chore

from .actions import destroy_ended
from .audit_rows import ROWS, WORDS
from .event_labels import LABELS, SENTENCES
from .gate import held_at
from .knowing import make_missing
from .wording import facts

register_labels(LABELS, SENTENCES)
for kind, describe in ROWS.items():
    register_rows(kind, describe)
register_words(WORDS)
register_dataset_facts(facts)
register_gate(held_at)
register_notice("outgoing.waits", _("%(count)s files from labs wait for your decision"))
register_notice("outgoing.granted", _("“%(name)s” may leave your lab: fetch it until %(date)s. %(reason)s"))
register_notice("outgoing.refused", _("“%(name)s” may not leave your lab: %(reason)s"))
register_chore(Chore("outgoing.retention", timedelta(hours=1), destroy_ended))
register_chore(Chore("outgoing.fingerprints", timedelta(minutes=10), make_missing))
