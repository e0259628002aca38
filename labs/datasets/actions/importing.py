"""Bringing raw data in, and destroying it when its time is over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from labs.datasets.child import WorkCancelled, WorkDied, WorkRefused
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.fetching import fetch
from labs.datasets.inventing import PREFIX, invent
from labs.datasets.models import Build, Dataset, Import, Outcome, RawBatch
from labs.datasets.permissions import OFFICER, STEWARD, require
from labs.datasets.progressing import Watched, end_when_tried_enough, end_work
from labs.datasets.refusals import DeskRefused
from labs.datasets.replaying import PREFIX as CLEAN
from labs.datasets.replaying import Made, replay
from labs.datasets.sources import ImportProblem
from labs.datasets.sources.digests import require_digest
from labs.datasets.vault import Vault
from labs.datasets.workshop.tables import format_of
from portal.audit.actions import record
from portal.queue.actions import finish
from portal.users.models import User

from .describing import learn_units

FULL_MESSAGE = (
    "磁盘已满，原始数据没有导入。腾出空间后重试。",
    "The disk is full and nothing was imported. Free some space and try again.",
)


@transaction.atomic
def ask_import(  # noqa: PLR0913  (where from, and how long it is kept)
    *,
    dataset: Dataset,
    address: str,
    expected_sha256: str = "",
    file_name: str = "",
    file_format: str = "",
    upload_path: str = "",
    retention_date: date | None = None,
    by: User | None,
    at: datetime,
) -> Import:
    """Have the worker fetch raw data. Raises PermissionDenied and DeskRefused."""
    today = timezone.localdate(at)
    require(by, dataset, STEWARD, today)
    kept_until = retention_date or today + timedelta(days=settings.RAW_DATA_DAYS)
    if kept_until <= today:
        raise DeskRefused("retention")
    work = Import.objects.create(
        dataset=dataset,
        address=address,
        expected_sha256=expected_sha256.lower(),
        file_name=file_name,
        file_format=file_format,
        upload_path=upload_path,
        retention_date=kept_until,
        asked_by=by,
        created_at=at,
        not_before=at,
    )
    details = {"address": address, "sha256": expected_sha256, "retention_date": kept_until.isoformat()}
    record(by=by, at=at, event="datasets.import_asked", target=dataset, details=details)
    return work


def carry_out_import(row: Import) -> None:
    """Fetch, compare, profile and keep one delivery; a refusal is written on the row."""
    vault, watched = Vault.from_settings(), Watched(row)
    try:
        _import(row, vault, watched)
    except (WorkRefused, ImportProblem) as problem:
        end_work(row, Outcome.REFUSED, at=timezone.now(), message=problem.message, message_en=problem.message_en)
    except Refusal as refusal:
        zh, en = refusal.text(chinese=True), refusal.text(chinese=False)
        end_work(row, Outcome.REFUSED, at=timezone.now(), message=zh, message_en=en)
    except WorkCancelled:
        end_work(row, Outcome.CANCELLED, at=timezone.now())
    except OSError as problem:
        if watched.is_full(problem):
            end_work(row, Outcome.REFUSED, at=timezone.now(), message=FULL_MESSAGE[0], message_en=FULL_MESSAGE[1])
        else:
            end_when_tried_enough(row, problem)
    except Exception as problem:
        end_when_tried_enough(row, problem)
    vault.destroy(row.upload_path)


def _import(row: Import, vault: Vault, watched: Watched) -> None:
    with vault.scratch() as scratch:
        watched.progress("fetch", 1)
        path, made = _raw_file(row, scratch, vault, watched)
        sha256 = require_digest(path, row.expected_sha256, row.address)
        form = row.file_format or format_of(path.name)
        job = {"work": "profile", "path": str(path), "format": form, "sha256": sha256}
        answer = watched.run(job)
        watched.progress("keep", 99)
        batch = RawBatch(
            dataset=row.dataset,
            address=row.address,
            file_name=path.name,
            file_format=form,
            sha256=sha256,
            bytes=path.stat().st_size,
            is_encrypted=vault.key is not None,
            rows=answer["rows"],
            columns=answer["columns"],
            profile=answer["profile"] | made.facts,
            imported_by=row.asked_by,
            retention_date=row.retention_date,
        )
        try:
            batch.path = vault.keep(path, batch.uuid)
            if made.report is not None:
                batch.report_path = vault.keep(made.report, batch.uuid, "reports")
            _write_batch(row, batch, at=timezone.now(), units=made.units)
        except BaseException:
            _forget(vault, batch)
            raise


def _forget(vault: Vault, batch: RawBatch) -> None:
    vault.destroy(batch.path)
    vault.destroy(batch.report_path)


def _raw_file(row: Import, scratch: Path, vault: Vault, watched: Watched) -> tuple[Path, Made]:
    """Return the file from its source. A twin or a clean table is made here,
    and what is said of it stands beside its profile."""
    if row.address.startswith(CLEAN):
        return replay(row, scratch, vault, watched)
    if row.address.startswith(PREFIX):
        path, report = invent(row, scratch, vault, watched)
        return path, Made({"twin": report})
    return fetch(row, scratch, vault), Made({})


@transaction.atomic
def _write_batch(row: Import, batch: RawBatch, *, at: datetime, units: Mapping[str, str]) -> None:
    dataset = Dataset.objects.select_for_update().get(pk=row.dataset_id)
    last = RawBatch.objects.filter(dataset=dataset).aggregate(last=Max("number"))["last"] or 0
    batch.number, batch.imported_at = last + 1, at
    batch.save()
    Import.objects.filter(pk=row.pk).update(batch=batch, outcome=Outcome.DONE, percent=100, step="")
    if not finish(row, at=at):
        raise WorkDied("lease lost")
    details = {"address": row.address, "sha256": batch.sha256, "rows": batch.rows, "encrypted": batch.is_encrypted}
    record(by=row.asked_by, at=at, event="datasets.batch_imported", target=batch, details=details)
    learn_units(dataset=dataset, table=batch.table_name, units=units)


@transaction.atomic
def destroy_batch(*, batch: RawBatch, reason: str, by: User | None, at: datetime) -> RawBatch:
    """Destroy the raw file; the row stays. Raises PermissionDenied and DeskRefused."""
    require(by, batch.dataset, (*STEWARD, *OFFICER), timezone.localdate(at))
    if not reason.strip():
        raise DeskRefused("no_reason")
    changed = RawBatch.objects.filter(pk=batch.pk, destroyed_at__isnull=True).update(
        destroyed_at=at, destroyed_by=by, destroyed_because=reason[:200]
    )
    if not changed:
        raise DeskRefused("finished")
    # Before the commit: if it fails the row still says that the file is there, and the next try finds it gone.
    vault = Vault.from_settings()
    _forget(vault, batch)
    # Builds put rows of it aside for the officer.
    for identity in Build.objects.filter(draft__batch=batch).values_list("uuid", flat=True):
        vault.forget_sample(identity)
    batch.refresh_from_db()
    details = {"sha256": batch.sha256, "reason": reason}
    record(by=by, at=at, event="datasets.batch_destroyed", target=batch, details=details)
    return batch


def destroy_expired_batches(at: datetime) -> None:
    """Destroy every raw file whose retention date has passed."""
    today = timezone.localdate(at)
    expired = RawBatch.objects.filter(destroyed_at__isnull=True, retention_date__lt=today)
    for batch in expired.select_related("dataset").order_by("pk"):
        reason = f"保存期限 {batch.retention_date:%Y-%m-%d} 已过 / retention date passed"
        destroy_batch(batch=batch, reason=reason, by=None, at=at)
    Vault.from_settings().sweep()


def keep_upload(chunks: Any, file_name: str, *, most_bytes: int) -> str:
    """Keep an uploaded file until its import; returns its path in the vault. Raises DeskRefused."""
    vault = Vault.from_settings()
    with vault.scratch() as scratch:
        path, size = scratch / "upload", 0
        with path.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > most_bytes:
                    raise DeskRefused("too_large", most=most_bytes >> 20)
                file.write(chunk)
        return vault.keep(Path(path), uuid.uuid4())
