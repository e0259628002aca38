"""What the clock says of reports that end: a word before, and the end itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from labs.datasets.models import DatasetVersion, DraftState
from labs.datasets.passports import newest_report
from labs.datasets.permissions import STEWARD
from labs.datasets.queries import people_with
from labs.datasets.signals import passport_ended
from portal.notifications.actions import notify
from portal.notifications.models import Notice

WORD_BEFORE = timedelta(days=30)


def tell_of_expiry(at: datetime) -> None:
    """Tell stewards a month before the last report of a version ends, and owners of labs when it has ended."""
    today = timezone.localdate(at)
    versions = DatasetVersion.objects.filter(draft__state=DraftState.RELEASED).select_related("dataset")
    for version in versions.order_by("pk"):
        report = newest_report(version)
        if report is None or report.valid_until is None or report.valid_until > today + WORD_BEFORE:
            continue
        params = {
            "dataset": version.dataset.title,
            "number": version.number,
            "date": report.valid_until.isoformat(),
        }
        for steward in people_with(version.dataset, STEWARD, today):
            told = Notice.objects.filter(user=steward, kind="datasets.report_expires", params=params)
            if not told.exists():
                notify(user=steward, kind="datasets.report_expires", params=params, url=reverse("datasets:list"), at=at)
        if report.valid_until < today:
            passport_ended.send(sender=DatasetVersion, version=version, report=report, at=at)
