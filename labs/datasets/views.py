"""Pages of datasets."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from portal.users.rights import has_role

from .desk.rules import dictionary_of
from .models import DatasetVersion
from .permissions import LOOKING, SPEAKING, can
from .queries import folder_of, newest_report, passport_problem, released_datasets
from .registry import facts_of, uses_of
from .tables import first_passed_rows

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
    report = newest_report(version)
    context = {
        "dataset": shown,
        "version": version,
        "mounted_at": f"/srv/datasets/{shown.code}/{version.number}/",
        "dictionary": dictionary_of(version.columns, report.build.recipe.document if report else None),
        "sample": _sample(version),
        "uses": uses_of(version),
        "facts": facts_of(shown, is_desk=False),
        "versions": versions,
        "withdrawal": getattr(version, "withdrawal", None),
        "report": report,
        "can_ask": has_role(request.user, *SPEAKING, on=timezone.localdate()),
        "can_work": can(request.user, shown, LOOKING, timezone.localdate()),
    }
    return render(request, "datasets/dataset.html", context)


def _sample(version: DatasetVersion) -> list[list[str]]:
    """Return the first rows, while a passport in force passes them:
    what stands on a page stands there for everybody."""
    if passport_problem(version, on=timezone.localdate()) is not None:
        return []
    table = next((file for file in version.files if file["name"].endswith(".csv")), None)
    folder = folder_of(version, settings.PATHS.datasets)
    return [] if table is None else first_passed_rows(folder, table, SAMPLE_ROWS)
