"""Writing audit events. Call `record` inside the transaction of the write that it tells of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from .models import AuditEvent


def record(
    *,
    by: AbstractBaseUser | None,
    at: datetime,
    event: str,
    target: models.Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """This will note that `by` (None: the system itself) did `event` to `target` at `at`; `details` must be JSON."""
    target_uuid = getattr(target, "uuid", None)
    return AuditEvent.objects.create(
        at=at,
        actor_id=by.pk if by is not None else None,
        actor_label=by.get_username() if by is not None else "system",
        event=event,
        target_kind=target._meta.label_lower if target is not None else "",
        target_uuid=target_uuid if isinstance(target_uuid, uuid.UUID) else None,
        target_label=str(target)[:200] if target is not None else "",
        details=dict(details or {}),
    )
