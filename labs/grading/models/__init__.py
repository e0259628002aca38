"""Submissions, the runs that grade them, results per question and grades. What was graded is superseded, never changed."""

from __future__ import annotations

from .desk import (
    Feedback,
    MarkDraft,
    MarkRubric,
    Rubric,
    SimilarityReport,
    SimilarPair,
    StockComment,
    SubmissionLock,
)
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
    "Rubric",
    "MarkRubric",
    "MarkDraft",
    "StockComment",
    "Feedback",
    "SubmissionLock",
    "SimilarityReport",
    "SimilarPair",
]
