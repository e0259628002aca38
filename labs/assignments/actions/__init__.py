"""Writes of labs: making one, releasing a version of it, putting it before a run."""

from __future__ import annotations

from .assigning import AssignmentRefused, assign_lab, change_assignment, use_release
from .extending import ExtensionRefused, grant_extension, withdraw_extension
from .releasing import ReleaseRefused, create_lab, publish_release

__all__ = [
    "AssignmentRefused",
    "ExtensionRefused",
    "ReleaseRefused",
    "assign_lab",
    "change_assignment",
    "create_lab",
    "grant_extension",
    "publish_release",
    "use_release",
    "withdraw_extension",
]
