"""Groups that the portal tells the hub about a person; upper apps add theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from search.plugging import Contributions

from .models import User
from .rights import roles_of

Groups = Callable[[User, date], Iterable[str]]

_sources: Contributions[Groups] = Contributions("groups for the hub")


def register_groups(source: Groups) -> None:
    """Add the groups that `source(user, on)` yields, e.g. `run:cdp-2026`."""
    _sources.add(source)


def groups_of(user: User, on: date) -> list[str]:
    """Every group of the person on the local day, sorted: `role:<role>` and what upper apps add."""
    groups = {f"role:{role}" for role in roles_of(user, on)}
    return sorted(groups.union(*(source(user, on) for source in _sources)))
