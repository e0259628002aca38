"""What this app tells others at start: names and ways to people on the audit's pages, and the roster as an export."""

from __future__ import annotations

from portal.audit.details import register_detail_rows, register_words
from portal.audit.sentences import register_labels, register_rows
from portal.exports.registry import register_export

from .audit_rows import DETAIL_ROWS, ROWS, WORDS
from .event_labels import LABELS, SENTENCES
from .exports import ROSTER

register_labels(LABELS, SENTENCES)
register_detail_rows(DETAIL_ROWS)
register_words(WORDS)
for kind, describe in ROWS.items():
    register_rows(kind, describe)
register_export(ROSTER)
