"""Every detail of every event that the code records has a name in both languages, and every code in one a word."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from courses.hr.enums import SORTS, CertificateState
from courses.learning.rules import COMPLETION
from labs.assignments.models import AttemptsPolicy
from labs.datasets.models import DraftState
from labs.datasets.receivers import PERSON, RUN, UNIT
from labs.grading.models.regrades import Decision
from labs.hub.models import Scope
from portal.audit.detail_names import KINDS
from portal.audit.details import detail_name, in_words
from portal.audit.sentences import _describers, kind_name
from portal.knowledge.models import ReviewDecision
from portal.users.audit_words import LOSSES
from portal.users.models import Role
from portal.users.scopes import _resolvers

ROOT = Path(__file__).resolve().parents[2]
RECORDERS = {"record", "_announce"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"sha256"}
COMPUTED = {
    "catalog.run_created": ["enroll_opens_at", "enroll_closes_at", "starts_at", "ends_at"],
    "datasets.draft_released": ["from", "to"],
    "hr.roster_exported": ["place", "certification", "state", "days", "closed", "sort", "q"],
}
"""Keys that are put together when they are recorded."""

CODES: dict[tuple[str, str], Iterable[object]] = {
    ("users.role_granted", "role"): Role.values,
    ("users.role_revoked", "scope_kind"): list(_resolvers),
    ("users.second_factor_added", "type"): ["totp", "webauthn", "recovery_codes"],
    ("users.second_factor_reset", "removed"): ["totp", "webauthn", "recovery_codes"],
    ("hub.access_revoked", "reason"): LOSSES,
    ("hub.token_issued", "scope"): Scope.values,
    ("hub.token_ended", "scope"): Scope.values,
    ("knowledge.review_decided", "decision"): ReviewDecision.values,
    ("knowledge.link_made", "kind"): ["lesson_block", "lab", "certification"],
    ("learning.hours_credited", "rule"): [COMPLETION, "unknown-1"],
    ("learning.requirement_added", "kind"): ["lab"],
    ("learning.requirement_met", "kind"): ["lab"],
    ("learning.requirement_met", "evidence"): [{"policy": value} for value in AttemptsPolicy.values],
    ("hr.roster_exported", "filter"): [{"state": value} for value in CertificateState.values],
    ("hr.roster_exported", "sort"): [*SORTS, *(f"-{sort}" for sort in SORTS)],
    ("audit.exported", "what"): ["users.signed_in", "hr.roster_exported"],
    ("assignments.rules_changed", "attempts_policy"): AttemptsPolicy.values,
    ("assignments.lab_assigned", "late_curve"): [[[1, 10]]],
    ("grading.book_exported", "what"): ["book", "marks"],
    ("grading.flags_seen", "flags"): [["locked_cell_edited:q1"], ["unknown_cell:q1"]],
    ("grading.regrade_approved", "results"): [{value: 2} for value in Decision.values if value],
    ("datasets.draft_released", "from"): DraftState.values,
    ("datasets.access_granted", "receiver_kind"): [RUN, UNIT, PERSON],
    ("datasets.draft_approved", "to"): DraftState.values,
    ("catalog.course_changed", "fields"): [["hours"], ["title"]],
    ("learning.lesson_completed", "seconds"): [5, 60, 75],
}
"""Details that hold codes, with all that they may hold."""


def _keys(node: ast.AST, module: ast.Module, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Keys of the dictionaries in an expression, also of those that the module's own functions return."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Dict):
            yield from (str(key.value) for key in inner.keys if isinstance(key, ast.Constant))
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id not in seen:
            name = inner.func.id
            for function in ast.walk(module):
                if isinstance(function, ast.FunctionDef) and function.name == name and name.startswith("_"):
                    yield from _keys(function, module, seen | {name})


def _assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.AST]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            yield node.value


def recorded() -> Iterator[tuple[str, str, str]]:
    """Event (or the app's name and a dot, where it is put together), key and file of every detail."""
    for folder in ("portal", "courses", "labs"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if "record(" in text and "migrations" not in file.parts:
                app, module = file.relative_to(ROOT).parts[1], ast.parse(text)
                for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
                    yield from ((e, k, str(file.relative_to(ROOT))) for e, k in _of_function(function, module, app))


def _of_function(function: ast.FunctionDef, module: ast.Module, app: str) -> Iterator[tuple[str, str]]:
    for call in ast.walk(function):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in RECORDERS):
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "details" not in given:
            continue
        said = given.get("event")
        event = str(said.value) if isinstance(said, ast.Constant) else f"{app}."
        details = given["details"]
        sources = [details, *(_assigned(function, details.id) if isinstance(details, ast.Name) else ())]
        yield from ((event, key) for source in sources for key in _keys(source, module))


def every_detail() -> set[tuple[str, str]]:
    return {(event, key) for event, key, _file in recorded()} | {
        (event, key) for event, keys in COMPUTED.items() for key in keys
    }


def test_every_recorded_detail_has_a_name_in_both_languages() -> None:
    found = every_detail()
    with override("en"):
        unnamed = sorted(pair for pair in found if detail_name(pair[1], pair[0]) == pair[1] and "_" in pair[1])
    with override("zh-hans"):
        english = sorted(
            pair for pair in found if pair[1] not in SAME_IN_BOTH and not CHINESE.search(detail_name(pair[1], pair[0]))
        )

    assert len(found) > 150
    assert not unnamed
    assert not english


@pytest.mark.parametrize(("event", "key"), CODES, ids=lambda value: str(value))
def test_every_code_is_a_word(event: str, key: str) -> None:
    with override("zh-hans"):
        said = {str(value): in_words(event, key, value) for value in CODES[event, key]}

    assert said
    assert not {code: text for code, text in said.items() if not CHINESE.search(text)}


def test_every_kind_of_row_that_an_app_describes_has_a_name() -> None:
    with override("zh-hans"):
        english = sorted(kind for kind in {*KINDS, *_describers} if not CHINESE.search(kind_name(kind)))

    assert not english
