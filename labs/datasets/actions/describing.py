"""What the columns of a dataset mean: entered once, kept from one delivery to the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from labs.datasets.models import Dataset, Draft, DraftState
from labs.datasets.permissions import STEWARD, require
from portal.audit.actions import record
from portal.users.models import User

from .moving import touch

LONGEST = 500
Meanings = Mapping[str, Mapping[str, str]]


@transaction.atomic
def change_meanings(*, dataset: Dataset, meanings: Meanings, by: User | None, at: datetime) -> Dataset:
    """Write down what columns (`table/column`) mean, here and in every draft that may still change.

    Raises PermissionDenied.
    """
    require(by, dataset, STEWARD, timezone.localdate(at))
    row = Dataset.objects.select_for_update().get(pk=dataset.pk)
    wanted = {key: _clean(words) for key, words in meanings.items()}
    changed = sorted(key for key, words in wanted.items() if _clean(row.dictionary.get(key, {})) != words)
    if not changed:
        return row
    # Beside what is said of the meaning, a catalog's entry may say more of a column: that stays.
    row.dictionary = row.dictionary | {key: row.dictionary.get(key, {}) | wanted[key] for key in changed}
    row.save(update_fields=["dictionary"])
    for draft in Draft.objects.select_for_update().filter(dataset=row, state=DraftState.DRAFT).order_by("pk"):
        words = draft.dictionary | {key: draft.dictionary.get(key, {}) | wanted[key] for key in changed}
        if words != draft.dictionary:
            touch(draft, revision=draft.revision, by=by, at=at, dictionary=words)
            record(by=by, at=at, event="datasets.draft_changed", target=draft, details={"changed": ["dictionary"]})
    record(by=by, at=at, event="datasets.meanings_changed", target=row, details={"columns": changed})
    return row


def _clean(words: Mapping[str, str]) -> dict[str, str]:
    return {name: " ".join(words.get(name, "").split())[:LONGEST] for name in ("description", "description_en")}


def learn_units(*, dataset: Dataset, table: str, units: Mapping[str, str]) -> None:
    """Note the units that a delivery names, where nothing is said of the column yet. Call it with the row locked."""
    new = {
        f"{table}/{column}": {"description": f"单位：{unit}", "description_en": f"Unit: {unit}"}
        for column, unit in units.items()
        if not dataset.dictionary.get(f"{table}/{column}", {}).get("description")
    }
    if new:
        dataset.dictionary = dataset.dictionary | new
        dataset.save(update_fields=["dictionary"])
