"""Releasing an approved draft, renewing its report, and withdrawing the version."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from labs.datasets.entries import dataset_entries
from labs.datasets.inventing import twins_of
from labs.datasets.layout import lay_out_folder
from labs.datasets.models import (
    AccessGrant,
    Build,
    Dataset,
    DatasetVersion,
    Draft,
    DraftState,
    Passport,
    RiskReport,
    Withdrawal,
)
from labs.datasets.mounts import take_away_everywhere
from labs.datasets.passports import newest_report
from labs.datasets.permissions import DESK, OFFICER, STEWARD, require
from labs.datasets.queries import people_with
from labs.datasets.refusals import DeskRefused
from labs.datasets.signals import version_withdrawn
from labs.datasets.vault import Vault
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User
from search.actions import drop_entries, put_entries

from .building import prepare_report
from .deciding import files_of, sign_report
from .granting import revoke_access
from .moving import move
from .twinning import require_original


def release_draft(*, draft: Draft, revision: int, by: User, at: datetime) -> DatasetVersion:
    """Make an approved draft the dataset's next version, with its passport.

    Files first, row last: a crash leaves files without a row, which the next release replaces. Raises PermissionDenied
    and DeskRefused.
    """
    require(by, draft.dataset, DESK, timezone.localdate(at))
    report = draft.reports.filter(approved_at__isnull=False).select_related("build").order_by("-pk").first()
    if draft.state != DraftState.APPROVED or report is None:
        raise DeskRefused("state", state=DraftState(draft.state).label)
    require_original(draft.batch.address)
    version = _write_version(draft, report, revision=revision, by=by, at=at)
    shutil.rmtree(Vault.from_settings().build_folder(report.build.uuid), ignore_errors=True)
    return version


@transaction.atomic
def _write_version(draft: Draft, report: RiskReport, *, revision: int, by: User, at: datetime) -> DatasetVersion:
    dataset = Dataset.objects.select_for_update().get(pk=draft.dataset_id)
    build = report.build
    _refuse_second(dataset, draft, build)
    number = (dataset.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    folder = Vault.from_settings().build_folder(build.uuid)
    lay_out_folder(settings.PATHS.datasets, dataset.code, number, folder, files_of(build))
    version = DatasetVersion.objects.create(
        dataset=dataset, number=number, importer=draft.batch.address, source_sha256=draft.batch.sha256,
        sha256=build.sha256, files=build.files, columns=build.columns, rows=build.rows,
        released_at=at, released_by=by,
    )  # fmt: skip
    give_passport(version, report, by=by, at=at)
    details = {"version": number, "sha256": version.sha256, "report": str(report.uuid)}
    move(draft, DraftState.RELEASED, revision=revision, by=by, at=at, details=details, version=version)
    put_entries(dataset_entries([dataset]), at=at)
    details = {"version": number, "sha256": version.sha256, "importer": version.importer, "rows": version.rows}
    record(by=by, at=at, event="datasets.version_released", target=version, details=details)
    return version


def _refuse_second(dataset: Dataset, draft: Draft, build: Build) -> None:
    """Refuse the same raw file under the same recipe, which is the same release, and one that nobody compared with."""
    present = dataset.versions.filter(withdrawal__isnull=True)
    made_alike = present.filter(source_sha256=draft.batch.sha256, draft__reports__build__recipe=build.recipe)
    same = made_alike.first() or present.filter(sha256=build.sha256).first()
    if same is not None:
        raise DeskRefused("same_release", number=same.number)
    if dataset.versions.filter(released_at__gt=build.created_at).exists():
        raise DeskRefused("outdated")


def give_passport(version: DatasetVersion, report: RiskReport, *, by: User, at: datetime) -> Passport:
    """Let labs use the version for as long as the report is valid. Call it in a transaction."""
    return Passport.objects.create(version=version, report=report, issued_at=at, issued_by=by)


@transaction.atomic
def adopt_version(*, draft: Draft, version: DatasetVersion, revision: int, by: User, at: datetime) -> DatasetVersion:
    """Give an approved draft's report to a version that was released before there were reports.

    The version must have been made of the same raw file, as delivered. Raises PermissionDenied and DeskRefused.
    """
    require(by, draft.dataset, DESK, timezone.localdate(at))
    report = draft.reports.filter(approved_at__isnull=False).order_by("-pk").first()
    fits = version.dataset_id == draft.dataset_id and version.source_sha256 == draft.batch.sha256
    if report is None or not fits or not draft.is_without_persons or version.passports.exists():
        raise DeskRefused("state", state=DraftState(draft.state).label)
    give_passport(version, report, by=by, at=at)
    details = {"version": version.number, "sha256": version.sha256, "report": str(report.uuid)}
    move(draft, DraftState.RELEASED, revision=revision, by=by, at=at, details=details, version=version)
    return version


@transaction.atomic
def prepare_renewal(*, version: DatasetVersion, by: User, at: datetime) -> RiskReport:
    """Write a new report on a released version, for a privacy officer to sign. Raises DeskRefused."""
    require(by, version.dataset, STEWARD, timezone.localdate(at))
    last = newest_report(version)
    if last is None or Withdrawal.objects.filter(version=version).exists():
        raise DeskRefused("withdrawn")
    waiting = RiskReport.objects.filter(draft=last.draft, build=last.build, approved_at__isnull=True).first()
    report = waiting or prepare_report(last.draft, last.build, by=by, at=at)
    record(by=by, at=at, event="datasets.renewal_prepared", target=version, details={"report": str(report.uuid)})
    return report


@transaction.atomic
def approve_renewal(
    *, report: RiskReport, answers: Mapping[int, str], valid_until: date, note: str = "", by: User, at: datetime
) -> Passport:
    """Sign a renewed report and let labs go on with the version. Raises PermissionDenied and DeskRefused."""
    draft = Draft.objects.select_for_update().select_related("dataset").get(pk=report.draft_id)
    require(by, draft.dataset, OFFICER, timezone.localdate(at))
    if draft.version is None or draft.state != DraftState.RELEASED:
        raise DeskRefused("withdrawn")
    report = RiskReport.objects.select_for_update().get(pk=report.pk)
    if report.is_approved:
        raise DeskRefused("finished")
    sign_report(report, answers=answers, valid_until=valid_until, note=note, by=by, at=at)
    details = {"report": str(report.uuid), "valid_until": valid_until.isoformat()}
    record(by=by, at=at, event="datasets.report_renewed", target=draft.version, details=details)
    return give_passport(draft.version, report, by=by, at=at)


def withdraw_version(
    *, version: DatasetVersion, reason: str, reason_en: str = "", by: User, at: datetime
) -> Withdrawal:
    """End a version: labs that use it freeze, their owners are told, its files leave every lab.

    Raises PermissionDenied and DeskRefused. What is left to do when this process dies is done by the clock.
    """
    require(by, version.dataset, DESK, timezone.localdate(at))
    if not reason.strip():
        raise DeskRefused("no_reason")
    withdrawal = _write_withdrawal(version, reason.strip(), reason_en, by=by, at=at)
    put_files_away(version)
    take_away_everywhere(version, because="withdrawn", at=at)
    for twin in twins_of(version):
        because, because_en = (
            f"原版本 {version} 已撤回：{reason}",
            f"Its original {version} was withdrawn: {reason_en or reason}",
        )
        withdraw_version(version=twin, reason=because, reason_en=because_en, by=by, at=at)
    return withdrawal


@transaction.atomic
def _write_withdrawal(version: DatasetVersion, reason: str, reason_en: str, *, by: User, at: datetime) -> Withdrawal:
    Dataset.objects.select_for_update().get(pk=version.dataset_id)
    if Withdrawal.objects.filter(version=version).exists():
        raise DeskRefused("withdrawn")
    withdrawal = Withdrawal.objects.create(version=version, at=at, by=by, reason=reason, reason_en=reason_en)
    draft = Draft.objects.filter(version=version).first()
    if draft is not None:
        move(draft, DraftState.WITHDRAWN, revision=draft.revision, by=by, at=at, reason=reason)
    details = {"version": version.number, "sha256": version.sha256, "reason": reason}
    record(by=by, at=at, event="datasets.version_withdrawn", target=version, details=details)
    for grant in AccessGrant.objects.filter(version=version, revoked_at__isnull=True):
        revoke_access(grant=grant, reason=f"数据已撤回：{reason}", by=by, at=at)
    _forget_in_search(version.dataset, at)
    _tell_the_desk(version, reason, by=by, at=at)
    version_withdrawn.send(sender=DatasetVersion, version=version, withdrawal=withdrawal, at=at)
    return withdrawal


def _forget_in_search(dataset: Dataset, at: datetime) -> None:
    """Take a dataset out of the search of which nothing is left to use; its page stays as a tombstone."""
    if not dataset.versions.filter(withdrawal__isnull=True).exists():
        drop_entries(prefix=f"dataset:{dataset.uuid}:", at=at)


def _tell_the_desk(version: DatasetVersion, reason: str, *, by: User, at: datetime) -> None:
    """Stewards and privacy officers of the dataset, but for whoever withdrew it."""
    params = {"dataset": version.dataset.title, "number": version.number, "name": by.name, "reason": reason}
    url = reverse("datasets:desk_version", args=[version.uuid])
    for user in people_with(version.dataset, DESK, timezone.localdate(at)):
        if user.pk != by.pk:
            notify(user=user, kind="datasets.version_withdrawn", params=params, url=url, at=at)


def put_files_away(version: DatasetVersion) -> None:
    """Take a withdrawn version's files out of the labs' folder and keep them for the record."""
    folder = settings.PATHS.datasets / version.dataset.code / str(version.number)
    kept = Vault.from_settings().withdrawn_folder(version.dataset.code, version.number)
    if not folder.exists():
        return
    folder.chmod(0o700)
    if kept.exists():
        shutil.rmtree(folder)
    else:
        shutil.move(folder, kept)


def settle_withdrawals(at: datetime) -> None:
    """Finish what a withdrawal left undone when its process died, and forget output of old builds."""
    for withdrawal in Withdrawal.objects.select_related("version__dataset").order_by("pk"):
        if (settings.PATHS.datasets / withdrawal.version.dataset.code / str(withdrawal.version.number)).exists():
            put_files_away(withdrawal.version)
            take_away_everywhere(withdrawal.version, because="withdrawn", at=at)
    _forget_old_builds()


def _forget_old_builds() -> None:
    """Remove the output of builds that no draft stands for any more."""
    vault = Vault.from_settings()
    parent = vault.build_folder(Build().uuid).parent
    newest: dict[int, str] = {}
    waiting = Draft.objects.exclude(state__in=(DraftState.RELEASED, DraftState.WITHDRAWN)).values("pk")
    for draft, identity in Build.objects.filter(draft__in=waiting).order_by("pk").values_list("draft", "uuid"):
        newest[draft] = str(identity)
    for path in parent.iterdir():
        name = path.name.lstrip(".").partition(".")[0]
        if name not in newest.values():
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
