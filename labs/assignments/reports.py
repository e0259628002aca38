"""Reading reports of releases: the latest, whether a release may be put before a run, and findings in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from labs.grader.protocol import Severity
from portal.queue.models import WorkStatus

from .freezing import frozen_reason
from .models import Lab, LabRelease, LabReport, LabRetirement, WrongAnswer

SECTIONS: dict[str, Promise] = {
    "inspection": _("The notebook and its tests"),
    "leaks": _("Hidden tests and solutions stay hidden"),
    "solution": _("The solution earns everything, every time"),
    "budget": _("Time and memory"),
    "blank": _("A blank answer fails"),
    "wrong": _("Wrong answers fail"),
    "variants": _("Every variant of the data works"),
    "attacks": _("Cheating earns nothing"),
    "damages": _("Damaged notebooks keep their points"),
}


@dataclass(frozen=True)
class Finding:
    """Something that the author must know."""

    section: Promise | str
    is_error: bool
    cell: int | None
    message: str


@dataclass(frozen=True)
class Section:
    """One part of a check."""

    title: Promise | str
    passed: bool
    note: str
    was_tried: bool = True
    """Whether there was anything to try: a lab without kept wrong answers shows nothing by passing them."""


def latest_report(release: LabRelease) -> LabReport | None:
    """Return the newest report, finished or not."""
    return release.reports.order_by("-created_at", "-pk").first()


def with_reports(releases: QuerySet[LabRelease]) -> QuerySet[LabRelease]:
    """Releases with the state of their newest report: `report_status`, `report_passed`."""
    newest = LabReport.objects.filter(release=OuterRef("pk")).order_by("-created_at", "-pk")
    return releases.annotate(
        report_status=Subquery(newest.values("status")[:1]), report_passed=Subquery(newest.values("passed")[:1])
    )


def release_problem(release: LabRelease, *, on: date) -> str | None:
    """Return why the release may not be put before a run: retired, unchecked, checking, red,
    passport; None when it may."""
    if retirements_of(release.lab, release):
        return "retired"
    finished = release.reports.filter(passed__isnull=False).order_by("-created_at", "-pk").first()
    if finished is None:
        return "checking" if is_unchecked(release) else "unchecked"
    if not finished.passed:
        return "red"
    return "passport" if frozen_reason(release, on=on) is not None else None


def retirements_of(lab: Lab, release: LabRelease | None = None) -> list[LabRetirement]:
    """Return what holds now: of the lab as a whole, and of the release where one is named."""
    held = LabRetirement.objects.filter(lab=lab, ended_at__isnull=True).select_related("retired_by", "release")
    return list(held.filter(Q(release__isnull=True) | Q(release=release) if release else Q(release__isnull=True)))


def retirements_in(lab: Lab) -> tuple[list[LabRetirement], set[int]]:
    """Return what holds now of the lab as a whole, and the ids of the releases retired by themselves; one query."""
    held = list(LabRetirement.objects.filter(lab=lab, ended_at__isnull=True).select_related("retired_by"))
    releases = {row.release_id for row in held if row.release_id is not None}
    return [row for row in held if row.release_id is None], releases


def is_unchecked(release: LabRelease) -> bool:
    """Return whether the first check of the release waits or runs."""
    waiting = release.reports.filter(status__in=(WorkStatus.QUEUED, WorkStatus.RUNNING))
    return not release.reports.filter(passed__isnull=False).exists() and waiting.exists()


def wrong_answers_of(lab: Lab) -> QuerySet[WrongAnswer]:
    """Wrong answers that checks of the lab use."""
    return (
        WrongAnswer.objects.filter(lab=lab, dropped_at__isnull=True).select_related("added_by").order_by("name", "pk")
    )


def findings_of(report: LabReport) -> list[Finding]:
    """Return what was found, errors first, in the reader's language."""
    document: dict[str, Any] = report.report or {}
    is_english = get_language() == "en"
    found = [
        Finding(
            section=SECTIONS.get(each["section"], each["section"]),
            is_error=each["severity"] == Severity.ERROR,
            cell=each.get("cell"),
            message=each["message_en"] if is_english else each["message"],
        )
        for each in document.get("problems", ())
    ]
    return sorted(found, key=lambda finding: not finding.is_error)


def sections_of(report: LabReport) -> list[Section]:
    """Return the parts of the check in order, each with how much was tried."""
    document: dict[str, Any] = report.report or {}
    return [
        Section(
            SECTIONS.get(each["name"], each["name"]),
            each["passed"],
            _note(document, each["name"]),
            was_tried=each["name"] != "wrong" or bool(document.get("wrong")),
        )
        for each in document.get("sections", ())
    ]


def _note(document: dict[str, Any], name: str) -> str:
    pack = document.get(name)
    if name in ("attacks", "damages") and isinstance(pack, dict) and pack:
        return f"{pack['run']} / {pack['run'] + len(pack['skipped'])}"
    if name == "wrong" and isinstance(pack, list):
        return str(len(pack))
    if name == "budget" and isinstance(pack, dict):
        return f"{pack['cpu_s']:g} s CPU · {pack['peak_mb']:g} MB"
    return ""


def open_reports() -> QuerySet[LabReport]:
    """Rows of the queue: first those of releases that were never checked, which somebody waits to assign."""
    finished = LabReport.objects.filter(release=OuterRef("release"), passed__isnull=False)
    reports = LabReport.objects.select_related("release__lab", "requested_by")
    return reports.annotate(is_repeated=Exists(finished)).order_by("is_repeated", "created_at", "pk")


def waiting_before(report: LabReport) -> int:
    """Return how many checks are done before this one."""
    waiting = open_reports().filter(status__in=(WorkStatus.QUEUED, WorkStatus.RUNNING)).values_list("pk", flat=True)
    order = list(waiting)
    return order.index(report.pk) if report.pk in order else 0
