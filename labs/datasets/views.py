"""Pages of datasets."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from .queries import folder_of, released_datasets
from .registry import uses_of
from .tables import first_rows

SAMPLE_ROWS = 8


@login_required
def dataset_list(request: HttpRequest) -> HttpResponse:
    """Every released dataset."""
    return render(request, "datasets/list.html", {"datasets": released_datasets()})


@login_required
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """One dataset: what it is, whose, its dictionary, a sample, its digests and what uses it."""
    shown = get_object_or_404(released_datasets(), code=code)
    version = shown.versions.order_by("-number").select_related("dataset")[0]
    table = next((file["name"] for file in version.files if file["name"].endswith(".csv")), "")
    context = {
        "dataset": shown,
        "version": version,
        "mounted_at": f"/srv/datasets/{shown.code}/{version.number}/",
        "sample": first_rows(folder_of(version, settings.PATHS.datasets) / table, SAMPLE_ROWS) if table else [],
        "uses": uses_of(version),
    }
    return render(request, "datasets/dataset.html", context)
