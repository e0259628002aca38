"""Every event that the code records has a name in both languages, so that no auditor reads a code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override
from wagtail.log_actions import registry

from labs.datasets.models import DraftState
from portal.audit.sentences import event_label, has_sentence, labelled

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*")
COMPUTED = {
    "datasets.draft_": [state.value for state in DraftState],
    "organizations.transfer_": ["accepted", "refused", "withdrawn", "expired"],
    "grading.regrade_": ["approved", "discarded"],
}
"""Codes that are put together when they are recorded, by what they begin with."""
NOTICES = {
    "grading.adjusted",
    *("outgoing.granted", "outgoing.refused", "outgoing.waits"),
    *("datasets.request_answered_yes", "datasets.request_answered_no", "datasets.request_waits"),
}
"""Kinds of notices that stand in a module which hands a name on to `record`."""


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("portal", "courses", "labs"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if "record(" in text and "migrations" not in file.parts:
                yield file, ast.parse(text)


def recorded() -> Iterator[tuple[str, str]]:
    """Codes handed to `record`, with the file; where a name is handed on, every code that the module holds."""
    for file, module in modules():
        calls = [
            keyword.value
            for node in ast.walk(module)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record"
            for keyword in node.keywords
            if keyword.arg == "event"
        ]
        where = str(file.relative_to(ROOT))
        for value in calls:
            if isinstance(value, ast.Constant):
                yield where, str(value.value)
            elif isinstance(value, ast.JoinedStr):
                begins = str(getattr(value.values[0], "value", ""))
                yield from ((where, begins + end) for end in COMPUTED[begins])
            elif isinstance(value, ast.Name):
                app = file.relative_to(ROOT).parts[1]
                yield from (
                    (where, code) for code in _constants(module) if code.startswith(f"{app}.") and code not in NOTICES
                )


def _constants(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value


def test_every_recorded_event_has_a_name() -> None:
    found = sorted(set(recorded()))

    assert len({code for _, code in found}) > 100
    assert not [f"{code} in {where}" for where, code in found if code not in labelled()]


def test_every_event_that_we_know_is_told_as_a_sentence() -> None:
    known = {code for _, code in recorded()}

    assert not sorted(code for code in labelled() & known if not has_sentence(code))


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
