"""Writes of the data desk, from registering a dataset to withdrawing a version."""

from __future__ import annotations

from .building import carry_out_build
from .cleaning import ask_cleaning, keep_plan, note_export
from .deciding import accept_finding, approve_draft, return_draft
from .describing import change_meanings
from .drafting import cancel_work, change_draft, create_draft, start_build
from .granting import grant_access, revoke_access
from .importing import ask_import, carry_out_import, destroy_batch, keep_upload
from .looking import note_originals_shown, note_release_tried
from .registering import change_dataset, register_dataset, register_source
from .releasing import adopt_version, approve_renewal, prepare_renewal, release_draft, withdraw_version
from .requesting import ask_for_dataset, decide_request
from .twinning import make_twin

__all__ = [
    "accept_finding",
    "adopt_version",
    "approve_draft",
    "approve_renewal",
    "ask_cleaning",
    "ask_for_dataset",
    "ask_import",
    "cancel_work",
    "carry_out_build",
    "carry_out_import",
    "change_dataset",
    "change_draft",
    "change_meanings",
    "create_draft",
    "decide_request",
    "destroy_batch",
    "grant_access",
    "keep_plan",
    "keep_upload",
    "make_twin",
    "note_export",
    "note_originals_shown",
    "note_release_tried",
    "prepare_renewal",
    "register_dataset",
    "register_source",
    "release_draft",
    "return_draft",
    "revoke_access",
    "start_build",
    "withdraw_version",
]
