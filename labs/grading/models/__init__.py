"""Submissions, the runs that grade them, results per question and grades. What was graded is superseded, never changed."""

from __future__ import annotations

from .grades import Grade, ManualMark
from .runs import Cause, GradingRun, QuestionResult
from .submissions import Purpose, Submission

__all__ = [
    "Purpose",
    "Submission",
    "Cause",
    "GradingRun",
    "QuestionResult",
    "ManualMark",
    "Grade",
]
