"""Writes of learning: places in runs, progress that the server has seen, completions and hours."""

from .completion import add_requirement, meet_requirement, refresh_completion
from .enrollment import enroll, withdraw
from .progress import complete_lesson, note_refused_completion, open_lesson, record_beat

__all__ = [
    "add_requirement",
    "complete_lesson",
    "enroll",
    "meet_requirement",
    "note_refused_completion",
    "open_lesson",
    "record_beat",
    "refresh_completion",
    "withdraw",
]
