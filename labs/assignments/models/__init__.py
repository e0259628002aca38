"""Labs, their immutable releases and the assignments that put a release before a run."""

from __future__ import annotations

from .assignments import LabAssignment, lab_path
from .labs import Lab, LabQuestion, LabRelease, LabReleaseData

__all__ = [
    "Lab",
    "LabRelease",
    "LabReleaseData",
    "LabQuestion",
    "LabAssignment",
    "lab_path",
]
