"""What the audit tells the queue: sealing, signing and verifying; and the names of its own events."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import pgettext_lazy

from portal.queue.registry import Chore, Kind, register_chore, register_kind

from .anchoring import anchor_newest
from .checking import waiting, work_on_check
from .details import register_words
from .event_labels import LABELS, SENTENCES, WORDS
from .sealing import seal_everything
from .sentences import register_labels

register_chore(Chore("audit.seal", timedelta(seconds=10), seal_everything))
register_chore(Chore("audit.anchor", timedelta(days=1), anchor_newest))
register_kind(
    Kind(
        name="audit.check",
        label=pgettext_lazy("kind of work", "Verification of the audit"),
        lane="other",
        rows=waiting,
        work=work_on_check,
        lease=timedelta(seconds=60),
    )
)
register_labels(LABELS, SENTENCES)
register_words(WORDS)
