"""Transfers between places that no one officer reaches together: asking, answering, taking back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.organizations.actions.posts import place
from portal.organizations.models import Organization, Position, TransferRequest, TransferSide, TransferState
from portal.organizations.queries import newest_post
from portal.organizations.signals import transfer_answered, transfer_asked
from portal.organizations.transfers import may_answer, may_withdraw, officers_to_answer, reaches, unit_of
from portal.queue.turns import in_turns
from portal.users.models import User

WAITS_FOR = timedelta(days=30)


@transaction.atomic
def ask_for_transfer(
    *,
    user: User,
    organization: Organization,
    position: Position,
    start_date: date,
    reason: str,
    by: User,
    at: datetime,
) -> TransferRequest:
    """Ask the other side for the transfer; the same request that waits already is returned.

    `by` looks after one end alone. Raises PermissionDenied for somebody who looks after neither, ValidationError where
    another request waits, the person has no post, or `by` looks after both ends and can transfer at once.
    """
    on = timezone.localdate(at)
    User.objects.select_for_update().get(pk=user.pk)
    unit = unit_of(user, on)
    if unit is None:
        raise ValidationError(_("The person has no post at present; an administrator of the province gives one."))
    sends, takes = reaches(by, unit, on), reaches(by, organization, on)
    if not (sends or takes) or by.pk == user.pk:
        raise PermissionDenied
    if unit.pk == organization.pk:
        raise ValidationError(_("The person works in this unit already."))
    if sends and takes:
        raise ValidationError(_("Both units are yours: transfer the person on the account page."))
    _check_begin(user, start_date)
    waiting = _waiting_for(user, at)
    if waiting is not None:
        asked = (waiting.organization_id, waiting.position_id, waiting.start_date, waiting.asked_by_id)
        if asked == (organization.pk, position.pk, start_date, by.pk):
            return waiting
        raise ValidationError(_("A request for this person waits already."))
    side = TransferSide.SENDING if sends else TransferSide.RECEIVING
    request = TransferRequest.objects.create(
        user=user, from_organization=unit, organization=organization, position=position, start_date=start_date,
        side=side, reason=reason[:200], asked_at=at, asked_by=by, expires_date=on + WAITS_FOR,
    )  # fmt: skip
    record(by=by, at=at, event="organizations.transfer_asked", target=user, details=_told(request))
    officers = officers_to_answer(request, on)
    transfer_asked.send(sender=TransferRequest, request=request, officers=officers, at=at)
    return request


def _check_begin(user: User, start_date: date) -> None:
    newest = newest_post(user)
    if newest is not None and start_date <= newest.start_date:
        facts = {"unit": newest.organization.name, "date": date_format(newest.start_date, "DATE_FORMAT")}
        raise ValidationError(
            {"start_date": _("The post in %(unit)s begins on %(date)s; choose a first day after it.") % facts}
        )


def _waiting_for(user: User, at: datetime) -> TransferRequest | None:
    """Return the person's request that waits, after one that waited too long is ended."""
    for pk in _late(at).filter(user=user).values_list("pk", flat=True):  # at most one
        _expire(_late(at), pk, at)
    return TransferRequest.objects.filter(user=user, state=TransferState.WAITING).first()


@transaction.atomic
def accept_transfer(
    *, request: TransferRequest, start_date: date | None = None, answer: str = "", by: User, at: datetime
) -> bool:
    """Transfer the person from the given day on, or from the one asked for; False: no longer waiting.

    Raises PermissionDenied for the side that asked, ValidationError when the person works elsewhere by now or the
    first day does not fit the posts.
    """
    request = TransferRequest.objects.select_for_update().get(pk=request.pk)
    if not _waits(request, at):
        return False
    if not may_answer(by, request, timezone.localdate(at)):
        raise PermissionDenied
    unit = unit_of(request.user, timezone.localdate(at))
    if unit is None or unit.pk != request.from_organization_id:
        raise ValidationError(_("The person has another post by now. Refuse this request and ask anew."))
    if start_date is not None and start_date != request.start_date:
        request.start_date = start_date  # the audit's row of the request keeps the day asked for
        request.save(update_fields=["start_date"])
    place(
        user=request.user, organization=request.organization, position=request.position,
        start_date=request.start_date, by=by, at=at,
    )  # fmt: skip
    _close(request, TransferState.ACCEPTED, answer=answer, by=by, at=at)
    return True


@transaction.atomic
def refuse_transfer(*, request: TransferRequest, answer: str, by: User, at: datetime) -> bool:
    """Refuse the request with a word why; False when it no longer waits. Raises PermissionDenied."""
    request = TransferRequest.objects.select_for_update().get(pk=request.pk)
    if not _waits(request, at):
        return False
    if not may_answer(by, request, timezone.localdate(at)):
        raise PermissionDenied
    _close(request, TransferState.REFUSED, answer=answer, by=by, at=at)
    return True


@transaction.atomic
def withdraw_transfer(*, request: TransferRequest, by: User, at: datetime) -> bool:
    """Take the request back; False when it no longer waits. Raises PermissionDenied for the other side."""
    request = TransferRequest.objects.select_for_update().get(pk=request.pk)
    if not _waits(request, at):
        return False
    if not may_withdraw(by, request, timezone.localdate(at)):
        raise PermissionDenied
    _close(request, TransferState.WITHDRAWN, answer="", by=by, at=at)
    return True


def expire_transfers(at: datetime) -> int:
    """Close the requests that nobody answered in time, one by one; returns how many."""
    late = _late(at)
    return sum(_expire(late, pk, at) for pk in in_turns(list(late.order_by("pk").values_list("pk", flat=True))))


def _late(at: datetime) -> QuerySet[TransferRequest]:
    return TransferRequest.objects.filter(state=TransferState.WAITING, expires_date__lt=timezone.localdate(at))


@transaction.atomic
def _expire(late: QuerySet[TransferRequest], pk: int, at: datetime) -> int:
    request = late.select_for_update(of=("self",)).filter(pk=pk).first()
    if request is None:  # answered in this moment
        return 0
    _close(request, TransferState.EXPIRED, answer="", by=None, at=at)
    return 1


def _waits(request: TransferRequest, at: datetime) -> bool:
    return request.state == TransferState.WAITING and request.expires_date >= timezone.localdate(at)


def _close(request: TransferRequest, state: TransferState, *, answer: str, by: User | None, at: datetime) -> None:
    request.state, request.answer, request.answered_by, request.answered_at = state, answer[:200], by, at
    request.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    details = {**_told(request), "answer": answer}
    record(by=by, at=at, event=f"organizations.transfer_{state.value}", target=request.user, details=details)
    transfer_answered.send(sender=TransferRequest, request=request, at=at)


def _told(request: TransferRequest) -> dict[str, str]:
    return {
        "request": str(request.uuid),
        "from_organization": request.from_organization.code,
        "organization": request.organization.code,
        "position": request.position.code,
        "from": request.start_date.isoformat(),
        "reason": request.reason,
    }
