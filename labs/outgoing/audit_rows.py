"""What an auditor reads of outgoing files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from portal.audit.details import Words
from portal.audit.sentences import Concerned, Describe, Key, uuids

from .models import OutgoingFile, Rule
from .queries import access_outgoing_for
from .wording import finding_in_words


def files(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Return the name of the file, and the way to its page for whom it is in reach."""
    rows = OutgoingFile.objects.filter(uuid__in=uuids(keys))
    reach = set(access_outgoing_for(user, on).filter(pk__in=rows.values("pk")).order_by().values_list("pk", flat=True))
    return {
        row.uuid: Concerned(row.name, reverse("outgoing:file", args=[row.uuid]) if row.pk in reach else "")
        for row in rows
    }


_RULES = dict(Rule.choices)
ROWS: dict[str, Describe] = {"outgoing.outgoingfile": files}
WORDS: dict[str, Words] = {
    "outgoing.findings": finding_in_words,
    "outgoing.rule": _RULES,
    "outgoing.rule_set.before": _RULES,
    "outgoing.rule_set.after": _RULES,
}
