"""Says how much work waits."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from portal.queue.registry import LANES, kinds_of


class Command(BaseCommand):
    """Counts the rows of every kind of work that are not done, by status."""

    help = "Prints one JSON document: rows that wait, run or need a person, for every kind of work."

    def handle(self, *args: Any, **options: Any) -> None:
        found: dict[str, dict[str, int]] = {}
        for lane in LANES:
            for kind in kinds_of(lane):
                counts = kind.rows().order_by().values_list("status").annotate(rows=Count("pk"))
                found[kind.name] = {status: rows for status, rows in counts if status != "done"}
        self.stdout.write(json.dumps(found))
