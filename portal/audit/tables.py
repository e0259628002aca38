"""Audit events as lines of a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .details import Detail, told
from .models import AuditEvent
from .sentences import NOTHING, Concerned, actor_name, concerned, event_label, kind_name, plain_sentence, target_name

CHUNK = 1000
LARGEST_WORKBOOK = 1_000_000
"""Events in one workbook: a sheet has 1,048,576 lines. CSV has no end."""
WIDTHS = (20, 14, 60, 26, 30, 18, 60, 40)


def event_headings() -> list[str]:
    """Return the first line."""
    who, what = [_("When"), _("Who")], [_("Sentence"), _("What"), _("Concerning")]
    return [*who, *what, _("Kind"), _("Details"), _("Seal")]


def event_rows(events: QuerySet[AuditEvent], user: Any, on: date) -> Iterator[list[str]]:
    """Cells of every event; what they concern is asked for a thousand at a time.

    Between two thousands no question to the database is open: on SQLite whoever reads an old state may not write.
    """
    found = list(events.values_list("pk", flat=True))
    for start in range(0, len(found), CHUNK):
        part = list(events.filter(pk__in=found[start : start + CHUNK]))
        about, details = concerned(part, user, on), told(part, user, on, short=False)
        yield from (_cells(event, about.get(event.pk, NOTHING), details[event.pk]) for event in part)


def parts_of(details: list[Detail]) -> dict[str, Concerned]:
    """Details as a sentence names them."""
    return {detail.key: Concerned(detail.text, detail.address) for detail in details}


def _cells(event: AuditEvent, about: Concerned, details: list[Detail]) -> list[str]:
    seal, colon = getattr(event, "seal", None), pgettext("between label and text", ": ")
    return [
        timezone.localtime(event.at).isoformat(sep=" ", timespec="seconds"),
        actor_name(event),
        plain_sentence(event, about, parts_of(details)),
        event_label(event.event),
        target_name(event, about) if event.target_kind else "",
        kind_name(event.target_kind),
        "; ".join(f"{detail.name}{colon}{detail.text}" for detail in details),
        f"{seal.seq}:{seal.hash}" if seal else "",
    ]
