"""Reading datasets. Released versions are open to everybody who is signed in; the desk is not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from portal.audit.queries import has_done
from portal.organizations.models import Organization
from portal.organizations.queries import access_organizations_for
from portal.users.models import User

from .layout import ReleasedFile, problems_of
from .models import (
    AccessGrant,
    Build,
    CleaningPlan,
    DataRequest,
    Dataset,
    DatasetVersion,
    Draft,
    DraftState,
    Import,
    MountLog,
    Outcome,
    RawBatch,
    RiskReport,
    Withdrawal,
)
from .passports import (
    PassportProblem,
    newest_report,
    passport_problem,
    passport_problems,
    report_in_force,
    usable_versions,
)
from .permissions import LOOKING, OFFICER, SPEAKING, STEWARD, in_reach
from .receivers import UNIT

__all__ = [
    "PassportProblem",
    "access_batches_for",
    "access_builds_for",
    "access_datasets_for",
    "access_drafts_for",
    "access_grants_for",
    "access_imports_for",
    "access_mounts_for",
    "access_reports_for",
    "access_requests_for",
    "drafts_to_approve",
    "folder_of",
    "has_written",
    "latest_build",
    "latest_plan",
    "newest_report",
    "passport_problem",
    "passport_problems",
    "populations_for",
    "problems_of_version",
    "released_datasets",
    "report_in_force",
    "stewarded_units",
    "usable_versions",
]

WRITING = ("datasets.draft_created", "datasets.draft_changed", "datasets.build_started")


def released_datasets() -> QuerySet[Dataset]:
    """Datasets with a released version, newest version first in `dataset.released`; withdrawn ones are tombstones."""
    versions = DatasetVersion.objects.select_related("withdrawal").order_by("-number")
    return (
        Dataset.objects.filter(versions__isnull=False)
        .distinct()
        .prefetch_related(Prefetch("versions", queryset=versions, to_attr="released"))
        .order_by("title", "pk")
    )


def folder_of(version: DatasetVersion, root: Path) -> Path:
    """Return where the version's files lie."""
    return root / version.dataset.code / str(version.number)


def problems_of_version(version: DatasetVersion, root: Path) -> list[str]:
    """Return what is wrong with the version's files; nothing when all is well.
    A withdrawn version has none for labs."""
    folder = folder_of(version, root)
    if Withdrawal.objects.filter(version=version).exists():
        return [f"{folder}: 已撤回，不应存在 / withdrawn, should not be there"] if folder.exists() else []
    return problems_of(folder, [ReleasedFile(**file) for file in version.files])


def access_datasets_for(user: User | AnonymousUser, on: date) -> QuerySet[Dataset]:
    """Datasets that the user looks after as steward or privacy officer, or looks at as auditor."""
    return Dataset.objects.filter(in_reach(user, LOOKING, on)).select_related("owner").order_by("title", "pk")


def access_drafts_for(user: User | AnonymousUser, on: date) -> QuerySet[Draft]:
    """Drafts of those datasets, the last changed first."""
    return (
        Draft.objects.filter(dataset__in=access_datasets_for(user, on).order_by().values("pk"))
        .select_related("dataset__owner", "batch", "population", "version", "created_by", "changed_by")
        .order_by("-changed_at", "-pk")
    )


def drafts_to_approve(user: User | AnonymousUser, on: date) -> QuerySet[Draft]:
    """Drafts that wait for this privacy officer, the longest waiting first."""
    return (
        Draft.objects.filter(state=DraftState.ASSESSED)
        .filter(dataset__in=Dataset.objects.filter(in_reach(user, OFFICER, on)).values("pk"))
        .exclude(reports__prepared_by_id=user.pk, reports__approved_at__isnull=True)
        .select_related("dataset", "changed_by")
        .order_by("changed_at", "pk")
    )


def renewals_to_approve(user: User | AnonymousUser, on: date) -> QuerySet[RiskReport]:
    """Return new reports on released versions that wait for this privacy officer, the longest waiting first."""
    return (
        RiskReport.objects.filter(approved_at__isnull=True, draft__state=DraftState.RELEASED)
        .filter(draft__dataset__in=Dataset.objects.filter(in_reach(user, OFFICER, on)).values("pk"))
        .filter(draft__version__withdrawal__isnull=True)
        .exclude(prepared_by_id=user.pk)
        .select_related("draft__dataset", "draft__version", "prepared_by")
        .order_by("prepared_at", "pk")
    )


def access_batches_for(user: User | AnonymousUser, on: date) -> QuerySet[RawBatch]:
    """Raw batches of those datasets, the newest first. The row, never the file."""
    return (
        RawBatch.objects.filter(dataset__in=access_datasets_for(user, on).order_by().values("pk"))
        .select_related("dataset", "imported_by")
        .order_by("-imported_at", "-pk")
    )


def has_written(draft: Draft, user: User | AnonymousUser) -> bool:
    """Return whether the user wrote any of the draft or built it, so that somebody else has to approve it."""
    return draft.created_by_id == user.pk or has_done(user, WRITING, kind=draft._meta.label_lower, uuid=draft.uuid)


def populations_for(user: User | AnonymousUser, on: date, draft: Draft) -> QuerySet[RawBatch]:
    """Deliveries that the steward may hold a draft against: tables that are kept, and the one already chosen."""
    kept = Q(destroyed_at__isnull=True, dataset__in=Dataset.objects.filter(in_reach(user, STEWARD, on)).values("pk"))
    return (
        RawBatch.objects.filter(kept & ~Q(columns=[]) & ~Q(pk=draft.batch_id) | Q(pk=draft.population_id))
        .select_related("dataset")
        .order_by("-imported_at", "-pk")
    )


def access_imports_for(user: User | AnonymousUser, on: date) -> QuerySet[Import]:
    """Return imports of those datasets, the newest first."""
    return (
        Import.objects.filter(dataset__in=access_datasets_for(user, on).order_by().values("pk"))
        .select_related("dataset", "asked_by", "batch")
        .order_by("-created_at", "-pk")
    )


def access_builds_for(user: User | AnonymousUser, on: date) -> QuerySet[Build]:
    """Return builds of those datasets' drafts, the newest first."""
    return (
        Build.objects.filter(draft__dataset__in=access_datasets_for(user, on).order_by().values("pk"))
        .select_related("draft__dataset", "recipe", "started_by")
        .order_by("-created_at", "-pk")
    )


def access_reports_for(user: User | AnonymousUser, on: date) -> QuerySet[RiskReport]:
    """Risk reports of those datasets, the newest first."""
    return (
        RiskReport.objects.filter(draft__dataset__in=access_datasets_for(user, on).order_by().values("pk"))
        .select_related("draft__dataset", "build", "prepared_by", "approved_by")
        .order_by("-prepared_at", "-pk")
    )


def access_grants_for(user: User | AnonymousUser, on: date) -> QuerySet[AccessGrant]:
    """Grants of those datasets' versions, the newest first."""
    return (
        AccessGrant.objects.filter(version__dataset__in=access_datasets_for(user, on).order_by().values("pk"))
        .select_related("version__dataset", "granted_by", "revoked_by")
        .order_by("-granted_at", "-pk")
    )


def access_requests_for(user: User | AnonymousUser, on: date) -> QuerySet[DataRequest]:
    """Return requests of units for which the user may speak, and those for datasets that the user
    looks after or looks at."""
    units = access_organizations_for(user, on, SPEAKING).values("uuid")
    datasets = access_datasets_for(user, on).order_by().values("pk")
    own = Q(asked_by_id=user.pk) | Q(receiver_kind=UNIT, receiver_uuid__in=units)
    rows = DataRequest.objects.select_related("dataset__owner", "asked_by", "decision__by", "decision__grant__version")
    return rows.filter(own | Q(dataset__in=datasets)).order_by("-asked_at", "-pk")


def requests_to_decide(user: User | AnonymousUser, on: date) -> QuerySet[DataRequest]:
    """Return requests that wait for this steward, the longest waiting first; never one's own."""
    datasets = Dataset.objects.filter(in_reach(user, STEWARD, on)).values("pk")
    waiting = DataRequest.objects.filter(dataset__in=datasets, decision__isnull=True).exclude(asked_by_id=user.pk)
    return waiting.select_related("dataset", "asked_by").order_by("asked_at", "pk")


def units_spoken_for(user: User | AnonymousUser, on: date) -> QuerySet[Organization]:
    """Units in whose name the user may ask for data."""
    return access_organizations_for(user, on, SPEAKING).order_by("name", "pk")


def access_mounts_for(user: User | AnonymousUser, on: date) -> QuerySet[MountLog]:
    """When versions of those datasets were put before whom, the newest first."""
    return (
        MountLog.objects.filter(version__dataset__in=access_datasets_for(user, on).order_by().values("pk"))
        .select_related("version__dataset", "user")
        .order_by("-at", "-pk")
    )


def stewarded_units(user: User | AnonymousUser, on: date) -> QuerySet[Organization]:
    """Units for which the user may register datasets."""
    return access_organizations_for(user, on, STEWARD).order_by("name", "pk")


def latest_build(draft: Draft) -> Build | None:
    """Return the newest build of the draft, whatever became of it."""
    return Build.objects.filter(draft=draft).select_related("recipe", "started_by").order_by("-pk").first()


def finished_build(draft: Draft) -> Build | None:
    """Return the newest build of the draft that ended well, with its stops or without."""
    done = Build.objects.filter(draft=draft, outcome=Outcome.DONE)
    return done.select_related("recipe", "started_by").order_by("-pk").first()


def officers_of(dataset: Dataset, on: date) -> list[User]:
    """Privacy officers who look after the dataset."""
    return people_with(dataset, OFFICER, on)


def people_with(dataset: Dataset, roles: tuple[str, ...], on: date) -> list[User]:
    """People who hold one of the roles for the dataset on the day."""
    grants = User.objects.filter(is_active=True, grants__role__in=roles, grants__revoked_at__isnull=True).distinct()
    return [
        user
        for user in grants.order_by("pk")
        if Dataset.objects.filter(in_reach(user, roles, on), pk=dataset.pk).exists()
    ]


def latest_plan(dataset: Dataset) -> CleaningPlan | None:
    """Return the plan by which the dataset's deliveries are cleaned now."""
    return CleaningPlan.objects.filter(dataset=dataset).select_related("created_by").order_by("-number").first()


def grants_in_words(identities: Iterable[UUID]) -> dict[UUID, str]:
    """Purposes of grants, as a reason for which data lies in somebody's lab."""
    found = AccessGrant.objects.filter(uuid__in=identities).values_list("uuid", "purpose")
    return {identity: _("grant: %(purpose)s") % {"purpose": purpose} for identity, purpose in found}
