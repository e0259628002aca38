"""nbgrader's exchange over HTTP: the portal keeps releases and submissions, nbgrader's commands keep working."""

from __future__ import annotations

from chengxue_exchange.author import Collect, ReleaseAssignment, ReleaseFeedback
from chengxue_exchange.portal import Auth, Exchange
from chengxue_exchange.trainee import FetchAssignment, FetchFeedback, List, Submit

__all__ = [
    "Auth",
    "Collect",
    "Exchange",
    "FetchAssignment",
    "FetchFeedback",
    "List",
    "ReleaseAssignment",
    "ReleaseFeedback",
    "Submit",
]
