"""What the search finds of datasets."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from search.registry import AUTHENTICATED, Entry

from .models import Dataset, DatasetVersion


def dataset_entries(datasets: Iterable[Dataset] | None = None) -> Iterable[Entry]:
    """Entries of datasets that have a version which was not withdrawn, in both languages."""
    found = (
        Dataset.objects.filter(versions__in=DatasetVersion.objects.filter(withdrawal__isnull=True))
        .distinct()
        .order_by("code")
        if datasets is None
        else datasets
    )
    for dataset in found:
        texts = {
            "zh-hans": (dataset.title, f"{dataset.description} {dataset.source} {dataset.license}"),
            "en": (dataset.title_en, f"{dataset.description_en} {dataset.source} {dataset.license}"),
        }
        for language, (title, body) in texts.items():
            if title:
                yield Entry(
                    key=f"dataset:{dataset.uuid}:{language}",
                    kind="dataset",
                    source_uuid=dataset.uuid,
                    language=language,
                    title=title,
                    body=body,
                    url=reverse("datasets:dataset", args=[dataset.code]),
                    audience=AUTHENTICATED,
                )
