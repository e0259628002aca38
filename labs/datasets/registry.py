"""What upper apps tell the pages of datasets: where a version is used, and what a reason of the mount log means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from .models import DatasetVersion


@dataclass(frozen=True)
class Use:
    """Something that reads a version, e.g. a lab's release."""

    title: str
    title_en: str


Uses = Callable[[DatasetVersion], Iterable[Use]]
ReasonWords = Callable[[Iterable[UUID]], Mapping[UUID, str]]

_uses: list[Uses] = []
_reasons: dict[str, ReasonWords] = {}


def register_uses(uses: Uses) -> None:
    """This will let the page of a dataset name what uses a version; call it from an AppConfig's `ready`."""
    if uses not in _uses:
        _uses.append(uses)


def uses_of(version: DatasetVersion) -> list[Use]:
    """Everything known to use the version."""
    return [use for uses in _uses for use in uses(version)]


def register_reason(kind: str, words: ReasonWords) -> None:
    """This will let the mount log put into words the reasons `<kind>:<uuid>`; call it from an AppConfig's `ready`."""
    _reasons[kind] = words


def reasons_in_words(reasons: Iterable[str]) -> dict[str, str]:
    """The given reasons of the mount log as sentences in the reader's language; unknown ones are left out."""
    asked: dict[str, set[UUID]] = {}
    for reason in reasons:
        kind, _, identity = reason.partition(":")
        if identity and kind in _reasons:
            asked.setdefault(kind, set()).add(UUID(identity))
    return {
        f"{kind}:{identity}": words
        for kind, identities in asked.items()
        for identity, words in _reasons[kind](identities).items()
    }
