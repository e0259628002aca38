"""Kinds of entries as people call them, in the order in which results are offered."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KIND_LABELS: dict[str, str | Promise] = {
    "course": _("Courses"),
    "lesson": _("Lessons"),
    "lab": _("Labs"),
    "policy": _("Policies"),
    "clause": _("Clauses"),
    "article": _("Articles"),
    "term": _("Terms"),
    "dataset": _("Datasets"),
    "partner": _("Partners"),
    "page": _("Pages"),
}
KIND_ORDER = list(KIND_LABELS)


def kind_label(kind: str) -> str:
    """The kind's name in the reader's language."""
    return str(KIND_LABELS.get(kind, kind))
