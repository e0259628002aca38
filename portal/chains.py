"""Rows that are superseded, never changed: of each chain, linked by `supersedes`, the last row is the one that counts."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model)


def current_at(path: str = "") -> Q:
    """Condition on rows from which `path` leads to a chain: that it leads to the chain's end."""
    return Q(**{f"{path}__superseded_by__isnull" if path else "superseded_by__isnull": True})


class ChainQuerySet(models.QuerySet[Row]):
    """Filters over the rows of chains."""

    def current(self) -> Self:
        """Return the ends of the chains: what nothing has superseded."""
        return self.filter(current_at())
