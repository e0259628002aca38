"""What a recipe would do, tried on the first rows of the raw data. Nothing is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labs.datasets.actions.drafting import frozen_document, population_of
from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.progress import Cancelled, Progress
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.desk.opening import is_small, table_of
from labs.datasets.models import Draft
from labs.datasets.refusals import DeskRefused
from labs.datasets.vault import Vault

SAMPLE_ROWS = 20_000
SHOWN_ROWS = 8
MOST_SECONDS = 10.0
"""A search that takes longer is left to the build."""


@dataclass(frozen=True)
class Preview:
    """The effect on a sample: the report's numbers, what would stop the release, rows before and after."""

    report: dict[str, Any]
    findings: list[dict[str, str]]
    before_names: list[str]
    before: list[tuple[Any, ...]]
    after_names: list[str]
    after: list[tuple[Any, ...]]
    sampled: int


def preview_of(draft: Draft) -> Preview:
    """Return the preview of the draft as it stands, saved or not. Raises DeskRefused with what the engine says."""
    if not is_small(draft.batch, draft.population):
        raise DeskRefused(
            "unusable", problem=_("The file is too large for a preview. Build it: the draft stays as it is.")
        )
    document = frozen_document(draft)
    if not document:
        raise DeskRefused("unusable", problem=_("Nothing is treated, so there is nothing to preview."))
    population = population_of(draft, document)
    try:
        sample = Table(table_of(draft.batch).frame.head(SAMPLE_ROWS), draft.batch.sha256)
        key = Vault.from_settings().dataset_key(draft.dataset.uuid)
        behind = None if population is None else table_of(population)
        release = build(sample, parse_recipe(document), key, population=behind, progress=_for_a_while())
    except Refusal as refusal:
        text = refusal.text(chinese=get_language() != "en")
        raise DeskRefused("recipe_wrong", problem=text) from refusal
    except Cancelled as late:
        problem = _("The search takes longer than a page can wait. Build it: the draft stays as it is.")
        raise DeskRefused("unusable", problem=problem) from late
    findings = [
        {"severity": finding["severity"], "text": finding["message_en" if get_language() == "en" else "message_zh"]}
        for finding in (item.as_json() for item in release.findings)
    ]
    return Preview(
        report=release.report,
        findings=findings,
        before_names=sample.frame.columns,
        before=sample.frame.head(SHOWN_ROWS).rows(),
        after_names=release.frame.columns,
        after=release.frame.head(SHOWN_ROWS).rows(),
        sampled=sample.frame.height,
    )


def _for_a_while() -> Progress:
    end = time.monotonic() + MOST_SECONDS

    def progress(_stage: str, _share: float) -> None:
        if time.monotonic() > end:
            raise Cancelled

    return progress
