"""Writes of exports: asking, cancelling, making, fetching, removing. Nothing is drawn or counted inside a transaction."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage, storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from portal.audit.actions import record
from portal.durable import sync
from portal.notifications.actions import notify
from portal.queue.actions import finish, held
from portal.queue.models import LeasedRow, WorkStatus
from portal.users.models import User

from .models import OPEN, Export
from .notices import READY
from .queries import reach_digest
from .registry import ExportKind, ExportStopped, Making, Params, export_kind

KEPT = timedelta(days=3)
"""How long a file waits for whoever asked; it may hold names."""
MOST_OPEN = 5
"""Files that one person may have made at a time."""


class TooManyExports(ValueError):
    """The person waits for as many files as anybody may."""


@transaction.atomic
def ask_export(*, kind: ExportKind, params: Params, total: int, language: str, by: User, at: datetime) -> Export:
    """Queue a file; the same one that is waited for already is returned. Raises PermissionDenied, TooManyExports."""
    if not kind.reach(by, timezone.localdate(at)):
        raise PermissionDenied
    User.objects.select_for_update().get(pk=by.pk)
    said = json.dumps([params, language], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(said.encode()).hexdigest()
    waiting = Export.objects.filter(user=by, status__in=OPEN)
    same = waiting.filter(kind=kind.code, params_sha256=digest).first()
    if same is not None:
        return same
    if waiting.count() >= MOST_OPEN:
        raise TooManyExports
    return Export.objects.create(
        user=by,
        kind=kind.code,
        params=dict(params),
        params_sha256=digest,
        language=language,
        total=total,
        created_at=at,
        not_before=at,
    )


@transaction.atomic
def cancel_export(*, export: Export, by: User, at: datetime) -> bool:
    """Stop a file that waits or is being made; False when it is neither. Raises PermissionDenied."""
    if export.user_id != by.pk:
        raise PermissionDenied
    waiting = Export.objects.filter(pk=export.pk, status__in=OPEN)
    # Without its lease the worker that makes it stops at its next step.
    return bool(
        waiting.update(
            status=WorkStatus.DONE, cancelled_at=at, finished_at=at, lease_until=None, lease_token="", worker=""
        )
    )


def work_on_export(row: LeasedRow) -> None:
    """Make the file whose lease the caller holds: outside every transaction, in the language of who asked."""
    export = Export.objects.select_related("user").get(pk=row.pk)
    kind, at = export_kind(export.kind), timezone.now()
    on = timezone.localdate(at)
    reach = reach_digest(kind, export.user, on) if kind is not None and export.user.is_active else ""
    if kind is None or not reach:
        cancel_export(export=export, by=export.user, at=at)
        return
    name = f"{export.uuid}.{row.lease_token[:8]}.{kind.form}"
    target = stored(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
    try:
        with override(export.language):
            making = Making(export.user, export.params, at, on, target, lambda done: _tell(row, done))
            details = kind.write(making)
        size, sha256 = _sealed(target)
        fields = {"file": name, "size": size, "sha256": sha256, "reach": reach}
        is_kept = _hand_over(export, row, fields, kind.event, {**details, "sha256": sha256})
    except ExportStopped:
        is_kept = False
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    if not is_kept:
        target.unlink(missing_ok=True)


@transaction.atomic
def _hand_over(
    export: Export, row: LeasedRow, fields: Mapping[str, Any], event: str, details: Mapping[str, Any]
) -> bool:
    """Note and tell that the file is there; False when its lease was lost or it was cancelled."""
    now = timezone.now()
    if not finish(row, at=now):
        return False
    Export.objects.filter(pk=row.pk).update(**fields, expires_at=now + KEPT, done=export.total)
    record(by=export.user, at=now, event=event, details=details)
    url, told = f"/exports/{export.uuid}/", {"kind": export.kind}
    notify(user=export.user, kind=READY, params=told, url=url, at=now)
    return True


def note_fetched(*, export: Export, by: User, at: datetime) -> None:
    """Note who took the file."""
    record(by=by, at=at, event="exports.fetched", details={"kind": export.kind, "sha256": export.sha256})


def remove_old_files(at: datetime) -> None:
    """Remove files whose days are over, row by row, and what killed workers left behind."""
    for export in Export.objects.filter(expires_at__lte=at, removed_at__isnull=True).order_by("pk"):
        stored(export.file).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(removed_at=at)
    known = set(Export.objects.filter(removed_at__isnull=True).exclude(file="").values_list("file", flat=True))
    for path in stored("").glob("*.*"):
        if path.name not in known and path.stat().st_mtime < (at - timedelta(days=1)).timestamp():
            path.unlink(missing_ok=True)


def stored(name: str) -> Path:
    """Return where a file lies."""
    return Path(cast(FileSystemStorage, storages["exports"]).path(name))


def _tell(row: LeasedRow, done: int) -> None:
    if not held(cast(Export, row)).update(done=done):
        raise ExportStopped


def _sealed(path: Path) -> tuple[int, str]:
    """Size and digest of a file that is on disk for good."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
        size = file.tell()
    path.chmod(0o600)
    sync(path)
    sync(path.parent)
    return size, digest.hexdigest()
