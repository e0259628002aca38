"""What upper apps tell the pages of datasets: facts, where a version is used, what a reason of the mount log means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from search.plugging import Contributions, Registry

from .models import Dataset, DatasetVersion


@dataclass(frozen=True)
class Use:
    """Something that reads a version, e.g. a lab's release."""

    title: str
    title_en: str


@dataclass(frozen=True)
class Fact:
    """One line among the facts of a dataset, perhaps with an address behind it."""

    label: str
    text: str
    address: str = ""


class Facts(Protocol):
    """What an upper app says of a dataset, in the active language; on the desk with the ways to its own pages."""

    def __call__(self, dataset: Dataset, *, is_desk: bool) -> Iterable[Fact]: ...


Uses = Callable[[DatasetVersion], Iterable[Use]]
ReasonWords = Callable[[Iterable[UUID]], Mapping[UUID, str]]

_uses: Contributions[Uses] = Contributions("uses of a version")
_facts: Contributions[Facts] = Contributions("facts of a dataset")
_reasons: Registry[str, ReasonWords] = Registry("reason of the mount log")


def register_uses(uses: Uses) -> None:
    """Let the page of a dataset name what uses a version."""
    _uses.add(uses)


def uses_of(version: DatasetVersion) -> list[Use]:
    """Everything known to use the version."""
    return [use for uses in _uses for use in uses(version)]


def register_dataset_facts(facts: Facts) -> None:
    """Let the pages of a dataset show more facts."""
    _facts.add(facts)


def facts_of(dataset: Dataset, *, is_desk: bool) -> list[Fact]:
    """Everything that upper apps say of the dataset."""
    return [fact for facts in _facts for fact in facts(dataset, is_desk=is_desk)]


def register_reason(kind: str, words: ReasonWords) -> None:
    """Let the mount log put into words the reasons `<kind>:<uuid>`."""
    _reasons.register(kind, words)


def reasons_in_words(reasons: Iterable[str]) -> dict[str, str]:
    """Return the given reasons of the mount log as sentences in the reader's language; unknown ones are left out."""
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
