"""Every event that the code records has a name in both languages, so that no auditor reads a code."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override
from wagtail.log_actions import registry

from labs.datasets.models import DraftState
from portal.audit.sentences import event_label, has_sentence, labelled

from .handed_over import Codes

COMPUTED = {
    "datasets.draft_": [state.value for state in DraftState],
    "organizations.transfer_": ["accepted", "refused", "withdrawn", "expired"],
    "grading.regrade_": ["approved", "discarded"],
}
"""Codes that are put together when they are recorded, by what they begin with."""
ELSEWHERE = {
    "portal/pages/receivers.py",  # Wagtail's acts, which have a test of their own
    "portal/exports/actions.py",  # what the kind of export says, collected there
}
"""Files that record a code which others say."""


@pytest.fixture(scope="module")
def recorded() -> Codes:
    return Codes(COMPUTED).collect("record", "event").collect("ExportKind", "event")


def test_the_source_says_every_code(recorded: Codes) -> None:
    assert recorded.unresolved == ELSEWHERE


def test_every_recorded_event_has_a_name(recorded: Codes) -> None:
    assert len(recorded.found) > 100
    assert not [f"{code} in {files}" for code, files in recorded.found.items() if code not in labelled()]


def test_every_recorded_event_is_told_as_a_sentence(recorded: Codes) -> None:
    assert not sorted(code for code in recorded.found if not has_sentence(code))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_wagtails_acts_have_names(language: str) -> None:
    with override(language):
        unnamed = [code for code, _ in registry.get_choices() if event_label(code) == code]

    assert registry.get_choices()
    assert not unnamed


def test_names_are_in_both_languages() -> None:
    with override("zh-hans"):
        english = [code for code in sorted(labelled()) if not re.search(r"[\u4e00-\u9fff]", event_label(code))]

    assert not english
