"""Writing audit events, and erasing the words beside them.

Call `record` inside the transaction of the write that it tells of.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from .models import AuditCheck, AuditEvent, AuditSeal, AuditWords
from .permissions import require_erasing, require_reading
from .words import commitment, new_salt, split, written

ERASED = "audit.words_erased"
PER_ERASURE = 200
"""Events that one event of erasing names; more take several."""


class NoReason(ValueError):
    """Whoever erases says why."""


@transaction.atomic(savepoint=False)
def record(
    *,
    by: AbstractBaseUser | None,
    at: datetime,
    event: str,
    target: models.Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Note that `by` (None: the system itself) did `event` to `target` at `at`; `details` must be JSON.

    Names and whatever else people wrote stand beside the event, under a salt, and can be erased one day. Event and words
    come together or not at all, also where a caller has no transaction.
    """
    target_uuid = getattr(target, "uuid", None)
    has_uuid = isinstance(target_uuid, uuid.UUID)
    facts, said = split(details or {})
    words = {
        "actor": by.get_username() if by is not None else "",
        "target": str(target)[:200] if target is not None else "",
        "details": said,
    }
    text, salt = written(words), new_salt()
    noted = AuditEvent.objects.create(
        at=at,
        actor_id=by.pk if by is not None else None,
        event=event,
        target_kind=target._meta.label_lower if target is not None else "",
        target_uuid=target_uuid if has_uuid else None,
        target_pk=target.pk if target is not None and not has_uuid and isinstance(target.pk, int) else None,
        facts=facts,
        commitment=commitment(salt, text),
    )
    AuditWords.objects.create(event=noted, salt=salt, text=text)
    return noted


@transaction.atomic
def erase_words(*, events: Iterable[AuditEvent], reason: str, by: AbstractBaseUser, at: datetime) -> int:
    """Erase the words beside the events for good and note who did so and why; returns of how many.

    The chain goes on fitting. Events of the older form have their words under the seal and keep them; what is erased
    already stays so. Raises PermissionDenied, and NoReason.
    """
    require_erasing(by, timezone.localdate(at))
    if not reason.strip():
        raise NoReason
    asked = [event.pk for event in events]
    standing = AuditWords.objects.select_for_update().filter(event__in=asked, erased_at__isnull=True)
    found = list(standing.order_by("event_id").values_list("pk", "event__uuid"))
    for start in range(0, len(found), PER_ERASURE):
        part = found[start : start + PER_ERASURE]
        AuditWords.objects.filter(pk__in=[pk for pk, _ in part]).update(salt="", text="", erased_at=at)
        details = {"events": [str(event_uuid) for _, event_uuid in part], "count": len(part), "reason": reason.strip()}
        record(by=by, at=at, event=ERASED, details=details)
    return len(found)


def ask_for_check(*, by: AbstractBaseUser, at: datetime) -> AuditCheck:
    """Have the worker verify the chain, or return the wish of the same person that is still open.

    Raises PermissionDenied.
    """
    require_reading(by, timezone.localdate(at))
    try:
        with transaction.atomic():
            sealed = AuditSeal.objects.count()
            check = AuditCheck.objects.create(asked_by_id=by.pk, sealed=sealed, created_at=at, not_before=at)
            record(by=by, at=at, event="audit.check_asked", details={"sealed": sealed})
    except IntegrityError:
        return AuditCheck.objects.filter(asked_by_id=by.pk).latest("pk")
    return check


@transaction.atomic
def note_export(*, rows: int, form: str, narrowed: Mapping[str, str], by: AbstractBaseUser, at: datetime) -> None:
    """Note who takes events out of the portal, how many and by which filter."""
    details = {"rows": rows, "form": form, "filter": dict(narrowed)}
    record(by=by, at=at, event="audit.exported", details=details)
