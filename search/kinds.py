"""Kinds, levels and states of entries as people call them, in the order in which results are offered."""

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


LEVEL_LABELS: dict[str, str | Promise] = {
    "constitution": _("Constitution"),
    "law": _("Law"),
    "administrative_regulation": _("Administrative regulation"),
    "judicial_interpretation": _("Judicial interpretation"),
    "department_rule": _("Department rule"),
    "local_regulation": _("Local regulation"),
    "government_rule": _("Local government rule"),
    "policy_document": _("Policy document"),
    "standard": _("Standard"),
    "other": _("Other"),
}
"""Levels of authority, the highest first."""

STATUS_LABELS: dict[str, str | Promise] = {
    "in_force": _("In force"),
    "amended": _("Amended"),
    "not_yet": _("Not yet in force"),
    "repealed": _("Repealed"),
}
