"""What this app tells the others when Django starts."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from labs.datasets.registry import register_facts
from labs.grading.leaving import register_gate
from portal.audit.sentences import register_labels
from portal.notifications.registry import register_notice
from portal.queue.registry import Chore, register_chore

from . import audit_rows
from .actions import destroy_ended
from .event_labels import LABELS, SENTENCES
from .gate import held_at
from .knowing import make_missing
from .wording import facts


def register() -> None:
    """This will register events, notices, facts of datasets and what happens by date."""
    register_labels(LABELS, SENTENCES)
    audit_rows.register()
    register_facts(facts)
    register_gate(held_at)
    register_notice("outgoing.waits", _("%(count)s files from labs wait for your decision"))
    register_notice("outgoing.granted", _("“%(name)s” may leave your lab: fetch it until %(date)s. %(reason)s"))
    register_notice("outgoing.refused", _("“%(name)s” may not leave your lab: %(reason)s"))
    register_chore(Chore("outgoing.retention", timedelta(hours=1), destroy_ended))
    register_chore(Chore("outgoing.fingerprints", timedelta(minutes=10), make_missing))
