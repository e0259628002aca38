"""Requests for transfers are told to those who answer, and answers to those who asked and to the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from portal.organizations.models import TransferRequest, TransferState
from portal.organizations.signals import transfer_answered, transfer_asked
from portal.organizations.transfers import officers_to_answer
from portal.users.models import User

from .actions import notify


@receiver(transfer_asked)
def tell_who_answers(request: TransferRequest, officers: list[User], at: datetime, **_: Any) -> None:
    """Tell the officers of the other side."""
    for officer in officers:
        _tell(officer, "organizations.transfer_asked", request, at)


@receiver(transfer_answered)
def tell_who_asked(request: TransferRequest, at: datetime, **_: Any) -> None:
    """Who asked, or who need not answer any more; and the person, once they are really transferred.

    That an accepted transfer is cancelled is news to both officers; the person reads it of the post.
    """
    if request.state == TransferState.WITHDRAWN:
        for officer in officers_to_answer(request, timezone.localdate(at)):
            _tell(officer, "organizations.transfer_withdrawn", request, at)
    else:
        if request.state == TransferState.UNDONE and request.answered_by is not None:
            _tell(request.answered_by, "organizations.transfer_undone", request, at)
        _tell(request.asked_by, f"organizations.transfer_{request.state}", request, at)
    if request.state == TransferState.ACCEPTED:
        facts = {
            "from": request.from_organization.name,
            "to": request.organization.name,
            "post": request.position.name,
            "date": request.start_date.isoformat(),
        }
        address = reverse("organizations:my_account")
        notify(user=request.user, kind="organizations.transferred_on", params=facts, url=address, at=at)


def _tell(user: User, kind: str, request: TransferRequest, at: datetime) -> None:
    facts = {
        "by": request.asked_by.name,
        "name": request.user.name,
        "from": request.from_organization.name,
        "to": request.organization.name,
        "answer": request.answer,
    }
    notify(user=user, kind=kind, params=facts, url=reverse("organizations:transfers"), at=at)
