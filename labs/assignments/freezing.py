"""Why a lab is at rest: data that it reads may not be used any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import get_language

from labs.datasets.models import DatasetVersion
from labs.datasets.mounts import prepare_set
from labs.datasets.passports import passport_problems

from .models import LabAssignment, LabRelease, LabReleaseData


@dataclass(frozen=True)
class FrozenReason:
    """Why nothing can be done in a lab, in both languages. `code`: withdrawn, unreported, expired or taken_back."""

    code: str
    message: str
    message_en: str

    def __str__(self) -> str:
        return self.message_en if get_language() == "en" else self.message


def frozen_reason(release: LabRelease, *, on: date) -> FrozenReason | None:
    """Return the reason for which the release may not be worked on, or None."""
    return frozen_reasons([release], on=on).get(release.pk)


def taken_back(assignment: LabAssignment) -> FrozenReason | None:
    """Return the reason of an assignment that was withdrawn from its run."""
    if assignment.withdrawn_at is None:
        return None
    because = assignment.withdrawn_because
    return FrozenReason(
        "taken_back", f"本实训已从班次撤回：{because}", f"This lab was withdrawn from the run: {because}"
    )


def frozen_reasons(releases: Iterable[LabRelease], *, on: date) -> dict[int, FrozenReason]:
    """Reasons by id of the release, for those that are frozen; at most four queries however many releases."""
    ids = {release.pk for release in releases}
    reads = list(LabReleaseData.objects.filter(release__in=ids).select_related("version__dataset").order_by("pk"))
    problems = passport_problems([row.version for row in reads], on=on)
    found: dict[int, FrozenReason] = {}
    for row in reads:
        problem = problems.get(row.version_id)
        if problem is not None:
            found.setdefault(row.release_id, FrozenReason(problem.code, problem.message, problem.message_en))
    return found


def data_folder(release: LabRelease, *, at: datetime) -> Path:
    """Return the folder with exactly the release's data that may be used now, for the grader's sandbox."""
    versions = DatasetVersion.objects.filter(used_by__release=release).select_related("dataset")
    return prepare_set(versions, reader=release.uuid, because=f"release:{release.uuid}", at=at)
