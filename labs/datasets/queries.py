"""Reading datasets. Released versions are open to everybody who is signed in."""

from __future__ import annotations

from pathlib import Path

from django.db.models import Prefetch, QuerySet

from .layout import ReleasedFile, problems_of
from .models import Dataset, DatasetVersion
from .passports import Problem, passport_problem, passport_problems, report_in_force, usable_versions

__all__ = [
    "Problem",
    "folder_of",
    "passport_problem",
    "passport_problems",
    "problems_of_version",
    "released_datasets",
    "report_in_force",
    "usable_versions",
]


def released_datasets() -> QuerySet[Dataset]:
    """Datasets with a released version, newest version first in `dataset.released`."""
    versions = DatasetVersion.objects.order_by("-number")
    return (
        Dataset.objects.filter(versions__isnull=False)
        .distinct()
        .prefetch_related(Prefetch("versions", queryset=versions, to_attr="released"))
        .order_by("title", "pk")
    )


def folder_of(version: DatasetVersion, root: Path) -> Path:
    """Where the version's files lie."""
    return root / version.dataset.code / str(version.number)


def problems_of_version(version: DatasetVersion, root: Path) -> list[str]:
    """What is wrong with the version's files; nothing when all is well."""
    return problems_of(folder_of(version, root), [ReleasedFile(**file) for file in version.files])
