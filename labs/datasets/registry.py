"""What upper apps tell the pages of datasets: where a version is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .models import DatasetVersion


@dataclass(frozen=True)
class Use:
    """Something that reads a version, e.g. a lab's release."""

    title: str
    title_en: str


Uses = Callable[[DatasetVersion], Iterable[Use]]

_uses: list[Uses] = []


def register_uses(uses: Uses) -> None:
    """This will let the page of a dataset name what uses a version; call it from an AppConfig's `ready`."""
    if uses not in _uses:
        _uses.append(uses)


def uses_of(version: DatasetVersion) -> list[Use]:
    """Everything known to use the version."""
    return [use for uses in _uses for use in uses(version)]
