"""Submissions, the runs that grade them, results per question and grades. What was graded is superseded, never changed."""

from __future__ import annotations

from .adjustments import AdjustmentDecision, ScoreAdjustment
from .appeals import Appeal, AppealAnswer
from .desk import (
    Feedback,
    FlagReview,
    MarkDraft,
    MarkRubric,
    Rubric,
    SimilarityReport,
    SimilarPair,
    StockComment,
    SubmissionLock,
)
from .grades import Grade, ManualMark
from .regrades import Decision, RegradeBatch, RegradeItem
from .runs import CHECKS_AT_ONCE, VERDICTS, Cause, GradingRun, QuestionResult
from .submissions import Purpose, Submission

__all__ = [
    "Purpose",
    "Submission",
    "CHECKS_AT_ONCE",
    "VERDICTS",
    "Cause",
    "GradingRun",
    "QuestionResult",
    "ManualMark",
    "Grade",
    "RegradeBatch",
    "RegradeItem",
    "Decision",
    "ScoreAdjustment",
    "AdjustmentDecision",
    "Appeal",
    "AppealAnswer",
    "Rubric",
    "MarkRubric",
    "MarkDraft",
    "StockComment",
    "Feedback",
    "FlagReview",
    "SubmissionLock",
    "SimilarityReport",
    "SimilarPair",
]
