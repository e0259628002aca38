"""How a draft goes from state to state: one conditional update, one event, one audit record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from labs.datasets.models import Draft, DraftEvent, DraftState
from labs.datasets.models.states import TRANSITIONS
from labs.datasets.refusals import DeskRefused
from portal.audit.actions import record
from portal.users.models import User


def touch(draft: Draft, *, revision: int, by: User | None, at: datetime, **fields: Any) -> Draft:
    """Change columns of the draft that the caller saw at `revision`. Raises DeskRefused when it is stale."""
    same = Draft.objects.filter(pk=draft.pk, revision=revision, state=draft.state)
    if not same.update(revision=F("revision") + 1, changed_at=at, changed_by=by, **fields):
        now = Draft.objects.select_related("changed_by").get(pk=draft.pk)
        raise DeskRefused("stale", name=now.changed_by or "—")
    draft.refresh_from_db()
    return draft


def move(
    draft: Draft,
    to: DraftState,
    *,
    revision: int,
    by: User | None,
    at: datetime,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Draft:
    """Lead the draft into a state that may follow its own. Raises DeskRefused. Call it in a transaction."""
    before = DraftState(draft.state)
    if to not in TRANSITIONS[before]:
        raise DeskRefused("state", state=before.label)
    touch(draft, revision=revision, by=by, at=at, state=to, **fields)
    facts = dict(details or {})
    DraftEvent.objects.create(draft=draft, from_state=before, to_state=to, at=at, by=by, reason=reason, details=facts)
    facts |= {"from": before.value, "to": to.value} | ({"reason": reason} if reason else {})
    record(by=by, at=at, event=f"datasets.draft_{to.value}", target=draft, details=facts)
    return draft
