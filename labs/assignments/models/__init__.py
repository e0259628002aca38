"""Labs, their immutable releases and the assignments that put a release before a run."""

from __future__ import annotations

from .assignments import AttemptsPolicy, LabAssignment, LabExtension, lab_path
from .labs import Lab, LabQuestion, LabRelease, LabReleaseData, LabRetirement
from .reports import LabReport, WrongAnswer

__all__ = [
    "Lab",
    "LabRelease",
    "LabReleaseData",
    "LabRetirement",
    "LabQuestion",
    "LabAssignment",
    "LabExtension",
    "LabReport",
    "WrongAnswer",
    "AttemptsPolicy",
    "lab_path",
]
