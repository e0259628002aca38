"""Datasets from raw batch to withdrawn version, and who may use which."""

from __future__ import annotations

from .access import AccessGrant, MountLog
from .batches import Import, RawBatch
from .cleaning import CleaningPlan
from .desk_work import DeskWork, Outcome
from .drafts import AcceptedFinding, Build, Draft, DraftEvent, Recipe
from .registry import Dataset, Refresh, Topic
from .reports import FindingAnswer, Passport, RiskReport, Withdrawal
from .requests import DataRequest, RequestDecision
from .states import DraftState, ReleaseClass, Statement
from .versions import DatasetVersion

__all__ = [
    "AcceptedFinding",
    "AccessGrant",
    "Build",
    "CleaningPlan",
    "DataRequest",
    "Dataset",
    "DatasetVersion",
    "DeskWork",
    "Draft",
    "DraftEvent",
    "DraftState",
    "FindingAnswer",
    "Import",
    "MountLog",
    "Outcome",
    "Passport",
    "RawBatch",
    "Recipe",
    "Refresh",
    "RequestDecision",
    "ReleaseClass",
    "RiskReport",
    "Statement",
    "Topic",
    "Withdrawal",
]
