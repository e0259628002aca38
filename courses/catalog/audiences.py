"""Audiences of the search that follow from teaching."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from portal.users.models import User

from .queries import access_runs_for


def taught_runs_of_reader(user: User) -> Iterable[str]:
    """`run:…` tokens of the runs that the reader teaches today."""
    runs = access_runs_for(user, timezone.localdate()).order_by("pk").values_list("uuid", flat=True)
    return [f"run:{run}" for run in runs]
