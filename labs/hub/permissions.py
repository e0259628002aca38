"""Who may publish from a command line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from courses.catalog.queries import access_runs_for
from portal.users.models import User
from portal.users.rights import lacks_second_factor

FRESH_S = 60 * 60


def may_publish(user: User, on: date) -> bool:
    """Return whether the user teaches and keeps the second factor that the role asks for."""
    return access_runs_for(user, on).exists() and not lacks_second_factor(user, on)


def used_second_factor(records: Sequence[dict[str, Any]], now: float | None = None) -> bool:
    """Return whether a session's records of authentication hold a second factor (or passkey) of the last hour."""
    now = time.time() if now is None else now
    return any(record.get("method") == "mfa" and now - float(record.get("at", 0)) < FRESH_S for record in records)
