"""Writes of labs: making one, releasing a version of it, putting it before a run."""

from __future__ import annotations

from .assigning import AssignmentRefused, assign_lab, change_assignment
from .releasing import ReleaseRefused, create_lab, publish_release

__all__ = [
    "AssignmentRefused",
    "ReleaseRefused",
    "assign_lab",
    "change_assignment",
    "create_lab",
    "publish_release",
]
