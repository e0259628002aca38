"""The second person: approving a report, or returning the draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from labs.datasets.deidentification.findings import ACCEPTABLE
from labs.datasets.deidentification.recipe import TIERS
from labs.datasets.layout import ReleasedFile, problems_of
from labs.datasets.models import (
    AcceptedFinding,
    Build,
    DatasetVersion,
    Draft,
    DraftState,
    FindingAnswer,
    Outcome,
    RiskReport,
    Statement,
)
from labs.datasets.permissions import DESK, OFFICER, require
from labs.datasets.queries import has_written, latest_build
from labs.datasets.questions import questions_of, says_something
from labs.datasets.refusals import DeskRefused
from labs.datasets.vault import Vault
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User

from .moving import move

KEYED = ("pseudonym", "date_shift")


@transaction.atomic
def approve_draft(
    *,
    draft: Draft,
    revision: int,
    answers: Mapping[int, str],
    valid_until: date,
    note: str = "",
    by: User,
    at: datetime,
) -> RiskReport:
    """Sign the report of an assessed draft; `answers` has a reason for every question of `questions_of`.

    Raises PermissionDenied and DeskRefused.
    """
    today = timezone.localdate(at)
    require(by, draft.dataset, OFFICER, today)
    if draft.state != DraftState.ASSESSED:
        raise DeskRefused("state", state=DraftState(draft.state).label)
    if has_written(draft, by):
        raise DeskRefused("same_person")
    build = approvable_build(draft)
    report = RiskReport.objects.select_for_update().filter(draft=draft, build=build).order_by("-pk").first()
    if report is None or report.is_approved:
        raise DeskRefused("no_build")
    sign_report(report, answers=answers, valid_until=valid_until, note=note, by=by, at=at)
    details = {
        "report": str(report.uuid),
        "sha256": report.output_sha256,
        "valid_until": valid_until.isoformat(),
        "answers": len(answers),
    }
    move(draft, DraftState.APPROVED, revision=revision, by=by, at=at, reason=note, details=details)
    _tell(report.prepared_by, "datasets.report_approved", draft, by, at)
    return report


def approvable_build(draft: Draft) -> Build:
    """Return the build that the draft stands for. Raises DeskRefused with the reason for which
    nobody may approve it."""
    build = latest_build(draft)
    if build is None or build.outcome != Outcome.DONE:
        raise DeskRefused("no_build")
    if build.stops:
        sentence = "message_en" if get_language() == "en" else "message_zh"
        raise DeskRefused("stops", count=len(build.stops), first=build.stops[0][sentence])
    # finish_build assesses only what was built from the draft as it stands, and the step itself counts one.
    if draft.state == DraftState.ASSESSED and draft.revision != build.draft_revision + 1:
        raise DeskRefused("no_build")
    problems = problems_of(Vault.from_settings().build_folder(build.uuid), files_of(build), checks_modes=False)
    if problems:
        raise DeskRefused("damaged", first=problems[0])
    if DatasetVersion.objects.filter(dataset=draft.dataset, released_at__gt=build.created_at).exists():
        raise DeskRefused("outdated")
    _refuse_claim(draft, build)
    return build


def files_of(build: Build) -> list[ReleasedFile]:
    """Return what a build wrote."""
    return [ReleasedFile(**file) for file in build.files]


def _refuse_claim(draft: Draft, build: Build) -> None:
    """Article 73 asks of anonymized data that it cannot be restored: no key, and classes as large as for the public."""
    if draft.statement != Statement.ANONYMIZED:
        return
    if not draft.reason.strip():
        raise DeskRefused("no_reason")
    if any(rule.get("treatment") in KEYED for rule in build.recipe.document.get("columns", {}).values()):
        raise DeskRefused("reversible")
    if (build.numbers.get("k") or 0) < TIERS["public"]:
        raise DeskRefused("class_small", least=TIERS["public"])


def sign_report(
    report: RiskReport, *, answers: Mapping[int, str], valid_until: date, note: str, by: User, at: datetime
) -> None:
    """Write the second signature, with what was answered before it. Raises DeskRefused.

    Call it in a transaction.
    """
    if report.prepared_by_id == by.pk:
        raise DeskRefused("same_person")
    if valid_until <= timezone.localdate(at):
        raise DeskRefused("valid_until")
    questions = questions_of(report.numbers.get("findings", []))
    missing = [question for question in questions if not says_something(answers.get(question.place, ""))]
    if missing:
        raise DeskRefused("unanswered", count=len(missing), first=missing[0].text)
    FindingAnswer.objects.bulk_create(
        FindingAnswer(
            report=report,
            place=question.place,
            check_name=question.check,
            column=question.column,
            reason=answers[question.place].strip(),
            at=at,
            by=by,
        )
        for question in questions
    )
    report.approved_by, report.approved_at, report.valid_until, report.approval_note = by, at, valid_until, note
    report.save(update_fields=["approved_by", "approved_at", "valid_until", "approval_note"])


@transaction.atomic
def accept_finding(*, draft: Draft, check: str, column: str, reason: str, by: User, at: datetime) -> AcceptedFinding:
    """Write down that the officer answers for a finding of the newest build; the next build heeds it.

    Raises PermissionDenied and DeskRefused.
    """
    require(by, draft.dataset, OFFICER, timezone.localdate(at))
    if not says_something(reason):
        raise DeskRefused("no_reason")
    build = latest_build(draft)
    if draft.state not in (DraftState.DRAFT, DraftState.ASSESSED) or build is None:
        raise DeskRefused("state", state=DraftState(draft.state).label)
    if has_written(draft, by):
        raise DeskRefused("same_person")
    found = any(stop.get("check") == check and stop.get("column") == column for stop in build.stops)
    if check not in ACCEPTABLE or not found:
        raise DeskRefused("not_acceptable")
    row, made = AcceptedFinding.objects.get_or_create(
        draft=draft, check_name=check, column=column, defaults={"reason": reason.strip(), "at": at, "by": by}
    )
    if made:
        details = {"check": check, "column": column}
        record(by=by, at=at, event="datasets.finding_accepted", target=draft, details=details)
    return row


@transaction.atomic
def return_draft(*, draft: Draft, revision: int, reason: str, by: User, at: datetime) -> Draft:
    """Make an assessed or approved draft a draft again. Raises PermissionDenied and DeskRefused."""
    require(by, draft.dataset, DESK, timezone.localdate(at))
    if not reason.strip():
        raise DeskRefused("no_reason")
    steward = draft.changed_by if draft.state == DraftState.ASSESSED else _preparer(draft)
    move(draft, DraftState.DRAFT, revision=revision, by=by, at=at, reason=reason)
    if steward is not None and steward.pk != by.pk:
        _tell(steward, "datasets.draft_returned", draft, by, at, reason=reason)
    return draft


def _preparer(draft: Draft) -> User | None:
    report = draft.reports.select_related("prepared_by").order_by("-pk").first()
    return report.prepared_by if report else None


def _tell(user: User, kind: str, draft: Draft, by: User, at: datetime, **more: str) -> None:
    params = {"dataset": draft.dataset.title, "name": by.name, **more}
    notify(user=user, kind=kind, params=params, url=reverse("datasets:list"), at=at)
