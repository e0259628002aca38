"""What an officer sees before signing: every finding with rows before and after, and what detectors still find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from labs.datasets.deidentification.findings import ACCEPTABLE
from labs.datasets.desk.names import kind_label
from labs.datasets.models import Build, Draft
from labs.datasets.queries import folder_of
from labs.datasets.questions import Question, questions_of
from labs.datasets.sealing import NotOpened
from labs.datasets.vault import Vault
from labs.datasets.workshop.sampling import sample_of

MOST_BYTES = 64 << 20
NAMES_A_VALUE = {
    "extreme": (
        "列“{column}”的最大值或最小值只出现一次，极端值容易被认出。请考虑首尾截断。",
        "The largest or smallest value of column {column} occurs once; extremes are easily recognized.",
    ),
    "unique_value": (
        "列“{column}”有些值只出现一次，这些行因此独一无二。",
        "Some values of column {column} occur only once: those rows stand alone.",
    ),
}


@dataclass(frozen=True)
class Pair:
    """One row of the release and the row of the source that it was made of (None: not known, or not to be shown)."""

    number: int
    after: list[str]
    before: list[str] | None


@dataclass(frozen=True)
class Looked:
    """One question with the rows that show it."""

    question: Question
    columns: list[tuple[str, bool]]
    rows: list[Pair]
    can_be_accepted: bool


@dataclass(frozen=True)
class Review:
    """Everything that the page shows of one build."""

    looked: list[Looked]
    hits: list[dict[str, Any]]
    hits_more: int
    persons: list[int] | None
    has_originals: bool


def review_of(draft: Draft, build: Build, *, with_originals: bool) -> Review:
    """Return the rows that the build put aside; where they are gone, rows of the release alone."""
    sample = _put_aside(build) or _from_release(draft, build)
    columns, source = sample.get("columns", []), sample.get("source_columns", [])
    places = [source.index(name) if name in source else None for name in columns]
    shows = with_originals and bool(source)
    lists = [sample.get("whole", []), *sample.get("findings", [])]
    looked = []
    for question in questions_of(build.findings):
        chosen = lists[question.place] if question.place < len(lists) else lists[0]
        rows = [_pair(sample["rows"][str(row)], row, places, shows=shows) for row in chosen]
        named = [(name, name == question.column) for name in columns]
        can = question.severity == "stop" and question.check in ACCEPTABLE
        looked.append(Looked(question, named, rows, can))
    hits = [hit | {"kind": kind_label(hit["kind"])} for hit in sample.get("hits", [])]
    return Review(looked, hits, sample.get("hits_more", 0), sample.get("persons"), shows)


def _pair(kept: Mapping[str, Any], row: int, places: Sequence[int | None], *, shows: bool) -> Pair:
    before = kept.get("before") if shows else None
    beside = None if before is None else ["" if place is None else before[place] for place in places]
    return Pair(row + 1, kept["after"], beside)


def _put_aside(build: Build) -> dict[str, Any] | None:
    try:
        content = Vault.from_settings().sample(build.uuid)
    except (NotOpened, OSError):
        return None
    found: dict[str, Any] | None = json.loads(content) if content else None
    return found


def _from_release(draft: Draft, build: Build) -> dict[str, Any]:
    path = release_path(draft, build)
    if path is None or path.stat().st_size > MOST_BYTES:
        return {}
    return sample_of(scan(path).collect(), build.findings)


def hide_values(build: Build) -> None:
    """Take the sentences that name a value out of an unsaved row: whoever only looks may not see raw data."""
    if build.message:
        build.message = build.message_en = str(_("The build was refused because of a value. The data desk sees which."))
    build.findings = [found | without_value(found) for found in build.findings]


def without_value(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentences of a finding that do not name the value, for checks whose sentence does."""
    check, column = str(found.get("check")), str(found.get("column"))
    if check not in NAMES_A_VALUE:
        return {}
    zh, en = NAMES_A_VALUE[check]
    return {"message_zh": zh.format(column=column), "message_en": en.format(column=column)}


def release_path(draft: Draft, build: Build) -> Path | None:
    """Return the table of the build's release, in the labs' folder once it is a version; None when there is none."""
    folders = [Vault.from_settings().build_folder(build.uuid)]
    if draft.version is not None:
        folders.append(folder_of(draft.version, settings.PATHS.datasets))
    names = [file["name"] for file in build.files if file["name"].endswith(".csv")]
    return next((folder / name for folder in folders for name in names[:1] if (folder / name).is_file()), None)


def scan(path: Path) -> pl.LazyFrame:
    """Return the release as it stands, every cell a text."""
    return pl.scan_csv(path, infer_schema=False).fill_null("")
