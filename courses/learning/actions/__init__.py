"""Writes of learning: places in runs, progress that the server has seen, completions and hours."""

from .completion import (
    add_requirement,
    complete_who_lack_nothing,
    meet_requirement,
    refresh_completion,
    withdraw_requirement,
)
from .enrollment import enroll, withdraw
from .exports import export_run_roster
from .others import LineProblem, ListRefused, enroll_listed, withdraw_other
from .progress import complete_lesson, note_refused_completion, open_lesson, record_beat

__all__ = [
    "LineProblem",
    "ListRefused",
    "add_requirement",
    "complete_lesson",
    "complete_who_lack_nothing",
    "enroll",
    "enroll_listed",
    "export_run_roster",
    "meet_requirement",
    "note_refused_completion",
    "open_lesson",
    "record_beat",
    "refresh_completion",
    "withdraw",
    "withdraw_other",
    "withdraw_requirement",
]
