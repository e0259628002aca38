"""What an auditor reads of data sets, raw data, drafts and versions, with the way to the data desk's pages in reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from portal.audit.details import Words, detail_name
from portal.audit.sentences import Concerned, Describe, Key, uuids

from .desk.step_words import label_of
from .models import Dataset, DatasetVersion, Draft, DraftState, RawBatch
from .queries import access_datasets_for
from .receivers import kind_label

CHECKS = {
    "identifying_column": pgettext_lazy("check of a release", "a column that identifies people"),
    "identifier": pgettext_lazy("check of a release", "identifiers in values"),
}
"""Checks whose finding an officer can accept."""


def datasets(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Entries of the register."""
    rows = access_datasets_for(user, on).filter(uuid__in=uuids(keys))
    return {row.uuid: Concerned(address=reverse("datasets:desk_dataset", args=[row.code])) for row in rows}


def batches(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Deliveries of raw data."""
    reach = _in_reach(user, on)
    rows = RawBatch.objects.filter(uuid__in=uuids(keys)).select_related("dataset")
    return {
        row.uuid: Concerned(
            _("%(dataset)s, batch %(number)s") % {"dataset": row.dataset, "number": row.number},
            reverse("datasets:desk_batch", args=[row.uuid]) if row.dataset_id in reach else "",
        )
        for row in rows
    }


def drafts(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Drafts of releases."""
    reach = _in_reach(user, on)
    rows = Draft.objects.filter(uuid__in=uuids(keys)).select_related("dataset")
    return {
        row.uuid: Concerned(
            _("%(dataset)s, draft %(number)s") % {"dataset": row.dataset, "number": row.number},
            reverse("datasets:draft", args=[row.uuid]) if row.dataset_id in reach else "",
        )
        for row in rows
    }


def versions(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Released versions."""
    reach = _in_reach(user, on)
    rows = DatasetVersion.objects.filter(uuid__in=uuids(keys)).select_related("dataset")
    return {
        row.uuid: Concerned(
            _("%(dataset)s, version %(number)s") % {"dataset": row.dataset, "number": row.number},
            reverse("datasets:desk_version", args=[row.uuid]) if row.dataset_id in reach else "",
        )
        for row in rows
    }


def _in_reach(user: Any, on: date) -> set[int]:
    return set(access_datasets_for(user, on).order_by().values_list("pk", flat=True))


_STATES = dict(DraftState.choices)
ROWS: dict[str, Describe] = {
    "datasets.dataset": datasets,
    "datasets.rawbatch": batches,
    "datasets.draft": drafts,
    "datasets.datasetversion": versions,
}
FIELDS: dict[str, type[models.Model]] = {"datasets.draft_changed": Draft, "datasets.dataset_changed": Dataset}
WORDS: dict[str, Words] = {
    **{f"datasets.draft_{to}.{key}": _STATES for to in _STATES for key in ("from", "to")},
    "datasets.draft_changed.changed": lambda field: detail_name(str(field), "datasets.draft_changed"),
    "datasets.receiver_kind": kind_label,
    "datasets.cleaning_changed.steps": label_of,
    "datasets.finding_accepted.check": CHECKS,
}
