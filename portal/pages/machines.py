"""The machines of this installation as their processes write of themselves, and what waits in the queues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from portal.queue.models import RunningProcess, WorkStatus
from portal.queue.processes import SEEN_WITHIN
from portal.queue.registry import all_kinds


@dataclass(frozen=True)
class ProcessLine:
    """A process, and whether it wrote lately."""

    row: RunningProcess
    is_seen: bool
    facts: tuple[str, ...]


@dataclass(frozen=True)
class MachineLines:
    """A machine with its processes."""

    host: str
    processes: tuple[ProcessLine, ...]

    @property
    def is_seen(self) -> bool:
        """Whether any process of it wrote lately."""
        return any(line.is_seen for line in self.processes)


def machine_lines(now: datetime) -> list[MachineLines]:
    """Machines by name. One query."""
    rows = RunningProcess.objects.order_by("host", "name")
    lines = (ProcessLine(row, row.seen_at >= now - SEEN_WITHIN, tuple(facts_told(row.facts))) for row in rows)
    return [MachineLines(host, tuple(found)) for host, found in groupby(lines, key=lambda line: line.row.host)]


def queue_lines(now: datetime) -> list[dict[str, Any]]:
    """Kinds of work that are not empty: what waits and runs, what needs a person, since when the oldest waits."""
    found = []
    for kind in all_kinds():
        due = Q(status=WorkStatus.QUEUED, not_before__lte=now)
        counts = (
            kind.rows()
            .order_by()
            .aggregate(
                waiting=Count("pk", filter=Q(status=WorkStatus.QUEUED)),
                running=Count("pk", filter=Q(status=WorkStatus.RUNNING)),
                person=Count("pk", filter=Q(status=WorkStatus.NEEDS_PERSON)),
                oldest=Min("created_at", filter=due),
            )
        )
        if counts["waiting"] or counts["running"] or counts["person"]:
            found.append({"name": kind.label, **counts})
    return found


def facts_told(facts: dict[str, Any]) -> list[str]:
    """Return what a process says of itself, in sentences."""
    told: list[str] = []
    if "threads" in facts:
        told.append(
            _("%(processes)s × %(threads)s threads")
            % {"processes": facts.get("processes", 1), "threads": facts["threads"]}
        )
    if "places" in facts and "interactive" in facts.get("lanes", ()):
        told.append(_("grades %(places)s at once") % {"places": facts["places"]})
    grader = facts.get("grader")
    if isinstance(grader, dict):
        told.append(_("the grader answers") if grader.get("is_up") else _("the grader does not answer"))
        told += _limits_told(grader.get("limits", {}))
    machine = facts.get("machine")
    return told + (_machine_told(machine) if isinstance(machine, dict) else [])


def _limits_told(limits: dict[str, Any]) -> list[str]:
    if not {"wall_s", "cpu_s", "memory_mb"} <= limits.keys():
        return []
    return [_("one grading at most %(wall_s)s s, %(cpu_s)s s of a processor, %(memory_mb)s MB") % limits]


def _machine_told(machine: dict[str, Any]) -> list[str]:
    told = []
    for name, sentence in (
        ("memory_mb", _("%(free)s of %(all)s MB of memory free")),
        ("disk_mb", _("%(free)s of %(all)s MB of disk free")),
    ):
        pair: Sequence[int] = machine.get(name, ())
        if len(pair) == 2:
            told.append(sentence % {"free": pair[0], "all": pair[1]})
    if "load" in machine:
        told.append(
            _("load %(load)s on %(processors)s processors")
            % {"load": machine["load"], "processors": machine.get("processors", 1)}
        )
    return told
