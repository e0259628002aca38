"""Pages of datasets."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from portal.users.rights import has_role

from .permissions import LOOKING, SPEAKING, can
from .queries import folder_of, newest_report, released_datasets
from .registry import facts_of, uses_of
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
    versions = list(shown.versions.order_by("-number").select_related("dataset", "withdrawal"))
    # The newest that may be used; a dataset of which every version was withdrawn shows the tombstone of the newest.
    version = next((one for one in versions if not hasattr(one, "withdrawal")), versions[0])
    table = next((file["name"] for file in version.files if file["name"].endswith(".csv")), "")
    context = {
        "dataset": shown,
        "version": version,
        "mounted_at": f"/srv/datasets/{shown.code}/{version.number}/",
        "sample": first_rows(folder_of(version, settings.PATHS.datasets) / table, SAMPLE_ROWS)
        if table and not hasattr(version, "withdrawal")
        else [],
        "uses": uses_of(version),
        "facts": facts_of(shown, is_desk=False),
        "versions": versions,
        "withdrawal": getattr(version, "withdrawal", None),
        "report": newest_report(version),
        "can_ask": has_role(request.user, *SPEAKING, on=timezone.localdate()),
        "can_work": can(request.user, shown, LOOKING, timezone.localdate()),
    }
    return render(request, "datasets/dataset.html", context)
