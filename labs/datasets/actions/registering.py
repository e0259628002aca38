"""Putting datasets on the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from labs.datasets.entries import dataset_entries
from labs.datasets.models import Dataset
from labs.datasets.permissions import STEWARD, can_register, require
from labs.datasets.refusals import DeskRefused
from labs.datasets.sources import DatasetSource
from portal.audit.actions import record
from portal.organizations.models import Organization
from portal.users.models import User
from search.actions import put_entries

WORDS = (
    "title", "title_en", "description", "description_en", "topic", "source", "source_url", "license", "license_url",
    "attribution", "legal_basis", "refresh", "crs", "has_persons",
)  # fmt: skip


@transaction.atomic
def register_dataset(
    *, code: str, words: Mapping[str, Any], owner: Organization | None, by: User | None, at: datetime
) -> Dataset:
    """Register a dataset; `words` are columns of Dataset. Raises PermissionDenied and DeskRefused."""
    if by is not None and not can_register(by, owner, timezone.localdate(at)):
        raise PermissionDenied
    if Dataset.objects.filter(code=code).exists():
        raise DeskRefused("code_taken")
    known = {name: value for name, value in words.items() if name in WORDS}
    dataset = Dataset.objects.create(code=code, owner=owner, created_at=at, **known)
    record(by=by, at=at, event="datasets.dataset_registered", target=dataset, details={"code": code})
    return dataset


@transaction.atomic
def change_dataset(*, dataset: Dataset, words: Mapping[str, Any], by: User | None, at: datetime) -> Dataset:
    """Change what the register says of a dataset. Raises PermissionDenied."""
    require(by, dataset, STEWARD, timezone.localdate(at))
    changed = {name: value for name, value in words.items() if name in WORDS and getattr(dataset, name) != value}
    if not changed:
        return dataset
    before = {name: getattr(dataset, name) for name in changed}
    for name, value in changed.items():
        setattr(dataset, name, value)
    dataset.save(update_fields=list(changed))
    if dataset.versions.exists():
        put_entries(dataset_entries([dataset]), at=at)
    details = {"before": before, "after": changed}
    record(by=by, at=at, event="datasets.dataset_changed", target=dataset, details=details)
    return dataset


def register_source(*, source: DatasetSource, owner: Organization | None, by: User | None, at: datetime) -> Dataset:
    """Register a dataset of the catalog, or bring the one that is there up to the catalog."""
    words = {name: getattr(source, name) for name in WORDS}
    dataset = Dataset.objects.filter(code=source.code).first()
    if dataset is None:
        return register_dataset(code=source.code, words=words, owner=owner, by=by, at=at)
    return change_dataset(dataset=dataset, words=words, by=by, at=at)
