"""Writes of grading: taking notebooks in, recording results, marks by people, grading again."""

from __future__ import annotations

from .marking import MarkRefused, mark_question
from .receiving import receive_check, receive_submission
from .recording import record_result, request_regrade, set_aside

__all__ = [
    "MarkRefused",
    "mark_question",
    "receive_check",
    "receive_submission",
    "record_result",
    "request_regrade",
    "set_aside",
]
