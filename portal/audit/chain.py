"""The hash over an event and the seal before it. Pure: the same bytes on every machine and database."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from .models import AuditEvent

FIRST = "0" * 64
"""What stands in place of a hash before the first seal."""


def canonical(event: AuditEvent) -> str:
    """The event as JSON with sorted keys and no spaces; instants in UTC with microseconds."""
    content = {
        "uuid": str(event.uuid),
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor_id,
        "actor_label": event.actor_label,
        "event": event.event,
        "target_kind": event.target_kind,
        "target_uuid": str(event.target_uuid) if event.target_uuid else None,
        "target_label": event.target_label,
        "details": event.details,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal_hash(seq: int, previous_hash: str, event: AuditEvent) -> str:
    """Hash of the event at its place in the chain."""
    return hashlib.sha256(f"{seq}\n{previous_hash}\n{canonical(event)}".encode()).hexdigest()
