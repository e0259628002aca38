"""Kinds, levels and states of entries as people call them, in the order in which results are offered."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from search.registry import label_of

KIND_LABELS: dict[str, str | Promise] = {
    "course": _("Courses"),
    "lesson": pgettext_lazy("kind of entry", "Lesson"),
    "lab": _("Labs"),
    "policy": _("Policies"),
    "clause": _("Clauses"),
    "article": _("Articles"),
    "term": _("Terms"),
    "dataset": _("Datasets"),
    "partner": _("Partners"),
    "page": _("Pages"),
}


def kind_label(kind: str) -> str:
    """Return the kind's name in the reader's language."""
    return str(KIND_LABELS.get(kind, kind))


LEVEL_LABELS: dict[str, str | Promise] = {
    "宪法": _("Constitution"),
    "法律": _("Law"),
    "行政法规": _("Administrative regulation"),
    "司法解释": _("Judicial interpretation"),
    "部门规章": _("Department rule"),
    "地方性法规": _("Local regulation"),
    "地方政府规章": _("Local government rule"),
    "规范性文件": _("Official document"),
    "标准": _("Standard"),
    "政策解读": _("Explanation"),
    "其他": _("Other"),
}
"""Levels of authority, the highest first."""

STATUS_LABELS: dict[str, str | Promise] = {
    "in_force": pgettext_lazy("of a policy", "In force"),
    "amended": _("Amended"),
    "not_yet": _("Not yet in force"),
    "repealed": _("Repealed"),
    "stale": _("Clause behind it changed"),
}

_LABELS: dict[str, Mapping[str, str | Promise]] = {
    "kind": KIND_LABELS,
    "level": LEVEL_LABELS,
    "status": STATUS_LABELS,
}


NATIONAL = "000000"
"""The region of a policy that holds everywhere."""

FACET_NAMES: dict[str, str | Promise] = {
    "kind": pgettext_lazy("facet", "Kind"),
    "theme": pgettext_lazy("facet", "Theme"),
    "level": pgettext_lazy("facet", "Level"),
    "region": pgettext_lazy("facet", "Region"),
    "year": pgettext_lazy("facet", "Year"),
    "status": pgettext_lazy("facet", "Validity"),
}


def facet_name(facet: str) -> str:
    """Return what a facet is called above its values."""
    return str(FACET_NAMES.get(facet, facet))


def facet_label(facet: str, value: str, language: str) -> str:
    """Return the value of a facet as people call it."""
    if (facet, value) == ("region", NATIONAL):
        return gettext("The whole country")
    known = _LABELS.get(facet, {}).get(value)
    return str(known) if known is not None else label_of(facet, value, language)


def facet_order(facet: str, counts: Mapping[str, int]) -> list[str]:
    """Return the values of a facet as they are offered: kinds, levels and states in their order,
    years newest first, else by count."""
    if facet in _LABELS:
        places = {value: place for place, value in enumerate(_LABELS[facet])}
        return sorted(counts, key=lambda value: (places.get(value, len(places)), value))
    if facet == "year":
        return sorted(counts, reverse=True)
    return sorted(counts, key=lambda value: (-counts[value], value))
