"""What the worker does for a completion: award, then print."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.anchors import newest_seal
from portal.queue.actions import finish
from portal.queue.models import LeasedRow

from .actions import award_for_completion, print_document
from .models import CertificationAward, IssueRequest
from .printing import CannotPrint, render_certificate
from .queries import certifications_of
from .telling import tell_unprintable


def issue_certificates(row: LeasedRow) -> None:
    """Award what the completion earns and print every award that has no page yet.

    Each step is kept by itself and done once, so a kill between any two of them costs nothing but the time.
    """
    request = IssueRequest.objects.select_related(
        "completion__course", "completion__enrollment__user", "completion__enrollment__run"
    ).get(pk=row.pk)
    for certification in certifications_of(request.completion):
        award_for_completion(certification=certification, completion=request.completion, at=timezone.now())
    waiting = CertificationAward.objects.filter(completion=request.completion, document__isnull=True)
    refused: CannotPrint | None = None
    for award in waiting.order_by("pk"):
        try:
            print_document(award=award, render=_render, at=timezone.now())
        except CannotPrint as refusal:
            # The others of the same completion are printed all the same.
            tell_unprintable(award=award, characters=getattr(refusal, "characters", ""), at=timezone.now())
            refused = refused or refusal
    if refused is not None:
        raise refused
    with transaction.atomic():
        finish(row, at=timezone.now())


def verify_url(token: str) -> str:
    """Address of the public verification page, as the QR code carries it."""
    return settings.PORTAL_URL + reverse("certification:verify_token", args=[token])


def _render(award: CertificationAward) -> bytes:
    return render_certificate(
        snapshot=award.snapshot,
        snapshot_sha256=award.snapshot_sha256,
        verify_url=verify_url(award.token),
        audit_seal=":".join(map(str, newest_seal() or ())),
    )
