"""The hash over an event and the seal before it. Pure: the same bytes on every machine and database."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from .models import AuditEvent

FIRST = "0" * 64
"""What stands in place of a hash before the first seal."""


def canonical(event: AuditEvent) -> str:
    """Return the event as JSON with sorted keys and no spaces; instants in UTC with microseconds."""
    content: dict[str, Any] = {
        "uuid": str(event.uuid),
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor_id,
        "event": event.event,
        "target_kind": event.target_kind,
        "target_uuid": str(event.target_uuid) if event.target_uuid else None,
    }
    if event.commitment is None:
        # As it was sealed before words had a place of their own; not one byte may change.
        content |= {
            "actor_label": event.old_actor_label,
            "target_label": event.old_target_label,
            "details": event.facts,
        }
    else:
        content |= {"form": 2, "target_pk": event.target_pk, "facts": event.facts, "words": event.commitment}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal_hash(seq: int, previous_hash: str, event: AuditEvent) -> str:
    """Hash of the event at its place in the chain."""
    return hashlib.sha256(f"{seq}\n{previous_hash}\n{canonical(event)}".encode()).hexdigest()
