"""Writes of certification: requesting, awarding, printing, revoking, replacing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from courses.learning.models import CourseCompletion
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.organizations.queries import managed_people_for
from portal.queue.models import WorkStatus
from portal.users.models import User

from .backlog import Owed
from .documents import drop_document, store_document
from .facts import award_facts
from .models import (
    AwardDocument,
    AwardRevocation,
    Certification,
    CertificationAward,
    IssueRequest,
    SerialCounter,
)
from .permissions import require_manage_award
from .queries import STANDING, standing
from .snapshots import digest, last_valid_day


class AwardNotCurrent(Exception):
    """The award was revoked or replaced already; only the end of its chain can change."""


class AwardNotRevoked(Exception):
    """The award was not revoked, or a new one has its place already."""


@transaction.atomic
def request_issue(*, completion: CourseCompletion, at: datetime) -> IssueRequest | None:
    """Queue the completion for its certificates, once, in the caller's transaction; None when it earns none."""
    if not completion.course.certifications.exists():
        return None
    request, _ = IssueRequest.objects.get_or_create(
        completion=completion, defaults={"created_at": at, "not_before": at}
    )
    return request


@transaction.atomic
def award_for_completion(
    *, certification: Certification, completion: CourseCompletion, by: User | None = None, at: datetime
) -> CertificationAward:
    """Certify the person once for the completion, or return the award that is there already."""
    counter = _locked_counter(certification, at)
    first = CertificationAward.objects.filter(
        certification=certification, completion=completion, supersedes__isnull=True
    ).first()
    if first is not None:
        return first
    valid_from = timezone.localdate(at)
    award = _make_award(
        counter,
        certification,
        completion,
        award_facts(
            certification, completion, valid_from, last_valid_day(valid_from, certification.validity_months), at
        ),
        at=at,
    )
    _announce(award, event="certification.awarded", by=by, at=at)
    return award


@transaction.atomic
def supersede_award(*, award: CertificationAward, reason: str, by: User, at: datetime) -> CertificationAward:
    """Replace the award by one that prints the person's name as it is now; its dates of validity stay.

    Raises PermissionDenied, and AwardNotCurrent for one that was revoked or replaced.
    """
    require_manage_award(by, award, timezone.localdate(at))
    counter = _locked_counter(award.certification, at)
    award = _current(award, at)
    facts = award_facts(award.certification, award.completion, award.valid_from_date, award.expires_date, at)
    successor = _make_award(counter, award.certification, award.completion, facts, at=at, supersedes=award)
    _queue_printing(award.completion, at)
    _announce(successor, event="certification.replaced", by=by, at=at, details={"of": award.serial, "reason": reason})
    return successor


@transaction.atomic
def revoke_award(*, award: CertificationAward, reason: str, by: User, at: datetime) -> AwardRevocation:
    """Revoke the award for good. Raises PermissionDenied, and AwardNotCurrent for one revoked or replaced."""
    require_manage_award(by, award, timezone.localdate(at))
    _locked_counter(award.certification, at)
    award = _current(award, at)
    revocation = AwardRevocation.objects.create(award=award, revoked_at=at, revoked_by=by, reason=reason)
    _announce(award, event="certification.revoked", by=by, at=at, details={"reason": reason})
    return revocation


@transaction.atomic
def award_after_revocation(*, award: CertificationAward, reason: str, by: User, at: datetime) -> CertificationAward:
    """Award anew what was revoked wrongly: a new number that names the old one, with the same dates.

    The revocation stays on record. Raises PermissionDenied, and AwardNotRevoked for one that is not revoked or has a
    successor.
    """
    require_manage_award(by, award, timezone.localdate(at))
    counter = _locked_counter(award.certification, at)
    award = CertificationAward.objects.select_related(*STANDING).get(pk=award.pk)
    if not hasattr(award, "revocation") or hasattr(award, "superseded_by"):
        raise AwardNotRevoked(award.serial)
    facts = award_facts(award.certification, award.completion, award.valid_from_date, award.expires_date, at)
    successor = _make_award(counter, award.certification, award.completion, facts, at=at, supersedes=award)
    _queue_printing(award.completion, at)
    details = {"of": award.serial, "reason": reason}
    _announce(successor, event="certification.awarded_again", by=by, at=at, details=details)
    return successor


def award_owed(*, owed: Sequence[Owed], by: User, at: datetime) -> list[CertificationAward]:
    """Certify people for what they completed before the certification existed, each in a transaction.

    What was awarded in the meantime is returned as it is. Raises PermissionDenied for people whom `by` does not look
    after, and for the own completion.
    """
    reach = set(managed_people_for(by, timezone.localdate(at)).exclude(pk=by.pk).values_list("pk", flat=True))
    if any(one.completion.enrollment.user_id not in reach for one in owed):
        raise PermissionDenied
    awards = []
    for one in owed:
        with transaction.atomic():
            awards.append(
                award_for_completion(certification=one.certification, completion=one.completion, by=by, at=at)
            )
            _queue_printing(one.completion, at)
    return awards


def _queue_printing(completion: CourseCompletion, at: datetime) -> None:
    """Let the worker print whatever the completion's awards have no page for yet."""
    IssueRequest.objects.update_or_create(
        completion=completion,
        defaults={
            "status": WorkStatus.QUEUED,
            "not_before": at,
            "attempts": 0,
            "lease_until": None,
            "finished_at": None,
        },
        create_defaults={"created_at": at, "not_before": at},
    )


def print_document(
    *, award: CertificationAward, render: Callable[[CertificationAward], bytes], at: datetime
) -> AwardDocument:
    """Print the award's certificate, store it and note its digest, once.

    Not one transaction on purpose: a page takes a second to make, and nobody else may wait for it. Killed before the
    row is written, it prints again. Raises what `render` raises.
    """
    present = AwardDocument.objects.filter(award=award).first()
    if present is not None:
        return present
    path, sha256 = store_document(award.uuid, render(award))
    try:
        with transaction.atomic():
            document = AwardDocument.objects.create(award=award, path=path, sha256=sha256, rendered_at=at)
            record(by=None, at=at, event="certification.printed", target=award, details={"sha256": sha256})
    except IntegrityError:
        # A worker whose lease had run out came back and was faster.
        drop_document(path)
        return AwardDocument.objects.get(award=award)
    return document


def _locked_counter(certification: Certification, at: datetime) -> SerialCounter:
    """Return the counter of the local year, locked until the transaction ends:
    one certification's awards change one by one."""
    counter, _ = SerialCounter.objects.get_or_create(certification=certification, year=timezone.localdate(at).year)
    return SerialCounter.objects.select_for_update().get(pk=counter.pk)


def _make_award(
    counter: SerialCounter,
    certification: Certification,
    completion: CourseCompletion,
    facts: Mapping[str, Any],
    *,
    at: datetime,
    supersedes: CertificationAward | None = None,
) -> CertificationAward:
    """Make an award; its number is taken in the award's own transaction,
    so that none is lost and none is given twice."""
    counter.last += 1
    counter.save(update_fields=["last"])
    serial = f"{certification.code}-{counter.year}-{counter.last:06d}"
    snapshot = {**facts, "serial": serial, "supersedes": supersedes.serial if supersedes else None}
    expires = snapshot["expires_date"]
    return CertificationAward.objects.create(
        user=completion.enrollment.user,
        certification=certification,
        completion=completion,
        serial=serial,
        awarded_at=at,
        valid_from_date=date.fromisoformat(snapshot["valid_from_date"]),
        expires_date=date.fromisoformat(expires) if expires else None,
        snapshot=snapshot,
        snapshot_sha256=digest(snapshot),
        supersedes=supersedes,
    )


def _current(award: CertificationAward, at: datetime) -> CertificationAward:
    """Return the award as it is now, under the lock. Raises AwardNotCurrent."""
    fresh = CertificationAward.objects.select_related(*STANDING).get(pk=award.pk)
    if not standing(fresh, timezone.localdate(at)).is_current:
        raise AwardNotCurrent(fresh.serial)
    return fresh


def _announce(
    award: CertificationAward, *, event: str, by: User | None, at: datetime, details: Mapping[str, Any] | None = None
) -> None:
    """Record the audit event and the holder's notice of a change."""
    facts = {"serial": award.serial, "snapshot_sha256": award.snapshot_sha256, **(details or {})}
    record(by=by, at=at, event=event, target=award, details=facts)
    params = {
        "certification": award.certification.name,
        "serial": award.serial,
        "reason": (details or {}).get("reason", ""),
    }
    notify(user=award.user, kind=event, params=params, url=reverse("certification:certificates"), at=at)
