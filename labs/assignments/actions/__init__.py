"""Writes of labs: making one, releasing a version of it, putting it before a run."""

from __future__ import annotations

from .assigning import (
    AssignmentRefused,
    assign_lab,
    change_assignment,
    change_rules,
    restore_assignment,
    use_release,
    withdraw_assignment,
)
from .extending import ExtensionRefused, grant_extension, withdraw_extension
from .releasing import ReleaseRefused, create_lab, hand_out_source, publish_release
from .reporting import WrongAnswerRefused, add_wrong_answer, drop_wrong_answer, record_report, request_report
from .retiring import restore_lab, retire_lab

__all__ = [
    "AssignmentRefused",
    "ExtensionRefused",
    "ReleaseRefused",
    "WrongAnswerRefused",
    "add_wrong_answer",
    "assign_lab",
    "change_assignment",
    "change_rules",
    "create_lab",
    "drop_wrong_answer",
    "grant_extension",
    "hand_out_source",
    "publish_release",
    "record_report",
    "request_report",
    "restore_assignment",
    "restore_lab",
    "retire_lab",
    "use_release",
    "withdraw_assignment",
    "withdraw_extension",
]
