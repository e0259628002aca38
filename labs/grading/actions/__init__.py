"""Writes of grading: taking notebooks in, results, marks by people, regrades, appeals, replays."""

from __future__ import annotations

from .adjusting import AdjustmentRefused, adjust_score, decide_adjustment
from .appealing import AppealRefused, answer_appeal, open_appeal
from .grades import recount, store_grade
from .marking import MarkRefused, mark_question
from .receiving import receive_check, receive_submission
from .recording import record_result, request_regrade, set_aside
from .regrading import Approval, RegradeRefused, approve_regrade, discard_regrade, start_regrade
from .replaying import NothingToReplay, compare, request_replay

__all__ = [
    "AdjustmentRefused",
    "AppealRefused",
    "Approval",
    "MarkRefused",
    "NothingToReplay",
    "RegradeRefused",
    "adjust_score",
    "answer_appeal",
    "approve_regrade",
    "compare",
    "decide_adjustment",
    "discard_regrade",
    "mark_question",
    "open_appeal",
    "receive_check",
    "receive_submission",
    "record_result",
    "recount",
    "request_regrade",
    "request_replay",
    "set_aside",
    "start_regrade",
    "store_grade",
]
