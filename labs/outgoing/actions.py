"""Writes of outgoing files: what the scan decided, what a trainee asks, what a reviewer decides, and the end."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from labs.datasets.models import Dataset
from labs.datasets.permissions import DESK, require
from portal.audit.actions import record
from portal.notifications.actions import notify, renew_notice
from portal.users.models import User

from .keeping import forget, keep
from .knowing import key, known_of
from .models import OutgoingDecision, OutgoingFile, OutgoingRemoval, OutgoingRequest, OutgoingRule, Rule
from .queries import decidable_by, reviewers_of, rule_of, strictest_rule, versions_read_by, waiting_for
from .refusals import OutgoingRefused
from .scanning.judging import judge

LARGEST_BYTES = 20 << 20
"""More than this leaves by no way but a person's; the lab's server says so itself."""

SCAN = "1"
"""Changes with what the scan finds: what passed an older one is looked at again."""

DAYS_TO_ASK = 7
DAYS_TO_FETCH = 14


def check_outgoing(*, user: User, name: str, content: bytes, route: str, at: datetime) -> OutgoingFile:
    """Decide whether a file of the user's lab may leave, by the strictest rule of what the lab can read.

    The same bytes under the same rules are decided once. A file that does not pass is kept for a reviewer.
    """
    on = timezone.localdate(at)
    versions = versions_read_by(user, on)
    datasets = {version.dataset_id for version in versions}
    rule = strictest_rule(datasets)
    sha256 = hashlib.sha256(content).hexdigest()
    # Rows that have ended, with their bytes or their term, decide no more: the file is new again after each.
    ended = Q(removal__isnull=False) | Q(decision__until_date__lt=on)
    again = OutgoingFile.objects.filter(ended, user=user, sha256=sha256).count()
    basis = _digest(SCAN, rule, str(again), *sorted(str(version.uuid) for version in versions))
    if (before := _decided_before(user, sha256, basis, at)) is not None:
        return before
    # Outside the transaction: a scan takes up to seconds.
    findings = (
        []
        if rule == Rule.FREE
        else judge(name, content, needs_review=rule == Rule.REVIEWED, known=known_of(versions), key=key())
    )
    identity = uuid.uuid4()
    path, is_sealed = keep(content, identity) if findings else ("", False)
    try:
        return _write(
            user=user, datasets=datasets, at=at,
            uuid=identity, name=name[-300:], route=route, sha256=sha256, bytes=len(content), rule=rule,
            passed=not findings, findings=[finding.as_json() for finding in findings], basis=basis,
            path=path, is_sealed=is_sealed,
        )  # fmt: skip
    except IntegrityError:
        forget(path)
        before = _decided_before(user, sha256, basis, at)
        if before is None:
            raise
        return before
    except BaseException:
        forget(path)
        raise


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _decided_before(user: User, sha256: str, basis: str, at: datetime) -> OutgoingFile | None:
    """Return the row that decides these bytes: a reviewer's grant whatever the rules are now,
    else the scan under the same."""
    same = OutgoingFile.objects.filter(user=user, sha256=sha256).select_related("request", "decision", "removal")
    granted = same.filter(decision__granted=True, decision__until_date__gte=timezone.localdate(at))
    return granted.order_by("-pk").first() or same.filter(basis=basis).first()


@transaction.atomic
def _write(*, user: User, datasets: set[int], at: datetime, **fields: Any) -> OutgoingFile:
    file = OutgoingFile.objects.create(user=user, at=at, **fields)
    file.datasets.set(datasets)
    event = "outgoing.file_passed" if file.passed else "outgoing.file_held"
    details = {"sha256": file.sha256, "bytes": file.bytes, "rule": file.rule, "findings": file.findings}
    record(by=user, at=at, event=event, target=file, details=details)
    return file


@transaction.atomic
def ask_for(*, file: OutgoingFile, reason: str, by: User, at: datetime) -> OutgoingRequest:
    """Put a held file of one's own before its reviewers. Raises PermissionDenied and OutgoingRefused."""
    if file.user_id != by.pk:
        raise PermissionDenied
    _require_held(file)
    if not reason.strip():
        raise OutgoingRefused("no_reason")
    request, is_new = OutgoingRequest.objects.get_or_create(file=file, defaults={"reason": reason[:500], "at": at})
    if not is_new:
        raise OutgoingRefused("asked")
    record(by=by, at=at, event="outgoing.file_asked_for", target=file, details={"reason": reason[:500]})
    on = timezone.localdate(at)
    for reviewer in reviewers_of(file, on):
        params = {"count": waiting_for(reviewer, on).count()}
        renew_notice(user=reviewer, kind="outgoing.waits", params=params, url=reverse("outgoing:queue"), at=at)
    return request


@transaction.atomic
def decide(*, file: OutgoingFile, granted: bool, reason: str, by: User, at: datetime) -> OutgoingDecision:
    """Let a held file leave or refuse it, and tell the trainee. Raises PermissionDenied, OutgoingRefused."""
    on = timezone.localdate(at)
    if file.user_id == by.pk:
        raise OutgoingRefused("own")
    if not decidable_by(by, on).filter(pk=file.pk).exists():
        raise PermissionDenied
    _require_held(file)
    if not OutgoingRequest.objects.filter(file=file).exists():
        raise OutgoingRefused("not_asked")
    if not reason.strip():
        raise OutgoingRefused("no_reason")
    until = on + timedelta(days=DAYS_TO_FETCH) if granted else None
    decision, is_new = OutgoingDecision.objects.get_or_create(
        file=file,
        defaults={
            "user": file.user, "granted": granted, "reason": reason[:500], "until_date": until, "at": at, "by": by
        },
    )  # fmt: skip
    if not is_new:
        raise OutgoingRefused("decided")
    details = {"reason": reason[:500], "sha256": file.sha256, "until": until.isoformat() if until else None}
    event = "outgoing.file_granted" if granted else "outgoing.file_refused"
    record(by=by, at=at, event=event, target=file, details=details)
    params = {"name": file.name, "reason": reason[:500], "date": until.isoformat() if until else ""}
    url = reverse("outgoing:file", args=[file.uuid])
    notify(user=file.user, kind="outgoing.granted" if granted else "outgoing.refused", params=params, url=url, at=at)
    return decision


def _require_held(file: OutgoingFile) -> None:
    if file.passed:
        raise OutgoingRefused("passed")
    if OutgoingDecision.objects.filter(file=file).exists():
        raise OutgoingRefused("decided")
    if OutgoingRemoval.objects.filter(file=file).exists():
        raise OutgoingRefused("destroyed")


@transaction.atomic
def note_fetched(*, file: OutgoingFile, by: User, at: datetime) -> None:
    """Write down that somebody took the bytes of a held file."""
    record(by=by, at=at, event="outgoing.file_fetched", target=file, details={"sha256": file.sha256})


@transaction.atomic
def set_rule(
    *, dataset: Dataset, rule: Rule, reason: str, supersedes: OutgoingRule | None, by: User, at: datetime
) -> OutgoingRule:
    """Set the rule of a dataset; `supersedes` is the one that the person saw.

    Raises PermissionDenied and OutgoingRefused.
    """
    require(by, dataset, DESK, timezone.localdate(at))
    if not reason.strip():
        raise OutgoingRefused("no_reason")
    current = rule_of(dataset)
    if (current and current.pk) != (supersedes and supersedes.pk):
        raise OutgoingRefused("stale")
    if (current.rule if current else Rule.SCANNED) == rule:
        raise OutgoingRefused("same_rule")
    made = OutgoingRule.objects.create(
        dataset=dataset, rule=rule, reason=reason[:300], supersedes=current, by=by, at=at
    )
    before = current.rule if current else Rule.SCANNED.value
    details = {"before": before, "after": made.rule, "reason": made.reason}
    record(by=by, at=at, event="outgoing.rule_set", target=dataset, details=details)
    return made


def destroy_ended(at: datetime) -> None:
    """Destroy held bytes: refused ones and those not asked for after a week, granted ones after their term."""
    on = timezone.localdate(at)
    asked_by = at - timedelta(days=DAYS_TO_ASK)
    ended = (
        Q(decision__granted=False, decision__at__lt=asked_by)
        | Q(decision__granted=True, decision__until_date__lt=on)
        | Q(decision__isnull=True, request__isnull=True, at__lt=asked_by)
    )
    for file in OutgoingFile.objects.filter(ended, passed=False, removal__isnull=True).order_by("pk"):
        # First the bytes: a row without bytes can be tried again, bytes without a row would stay for good.
        forget(file.path)
        with transaction.atomic():
            _, is_new = OutgoingRemoval.objects.get_or_create(file=file, defaults={"at": at})
            if is_new:
                record(by=None, at=at, event="outgoing.bytes_destroyed", target=file, details={"sha256": file.sha256})
