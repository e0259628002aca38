"""What is said once stays said once: filters of chains, of places given up and of leases, and how a file is kept."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("portal", "courses", "labs", "search", "tests")
LOOKUPS = frozenset({"filter", "exclude", "get", "Q"})


def _calls(source: str) -> Iterator[tuple[ast.Call, bool]]:
    """Every call, and whether a `~` stands before it."""
    tree = ast.parse(source)
    inverted = {
        id(node.operand) for node in ast.walk(tree) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, id(node) in inverted


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def ends_of_chains(call: ast.Call, is_inverted: bool) -> bool:
    """`superseded_by__isnull=…`, at any depth: `.current()` or `current_at(…)`."""
    return any((each.arg or "").endswith("superseded_by__isnull") for each in call.keywords)


def places_given_up(call: ast.Call, is_inverted: bool) -> bool:
    """`exclude(status=…WITHDRAWN)` or `~Q(…)`: `.present()` or `Enrollment.present_at(…)`."""
    if _name(call) != "exclude" and not (is_inverted and _name(call) == "Q"):
        return False
    return any(
        (each.arg or "").endswith("status") and ast.unparse(each.value) in ("EnrollmentStatus.WITHDRAWN", "'withdrawn'")
        for each in call.keywords
    )


def leases(call: ast.Call, is_inverted: bool) -> bool:
    """Return a lookup by the lease's token: `held(row)`."""
    return _name(call) in LOOKUPS and any(each.arg == "lease_token" for each in call.keywords)


def flushes(call: ast.Call, is_inverted: bool) -> bool:
    """`os.fsync(…)`: `portal.durable`."""
    return ast.unparse(call.func) == "os.fsync"


SAID = {
    ends_of_chains: {"portal/chains.py"},
    # The constraint of the table itself is the second.
    places_given_up: {"courses/learning/models.py"},
    leases: {"portal/queue/actions.py"},
    flushes: {
        "portal/durable.py",
        # Below the portal.
        "search/engines/embedded.py",
        # Several files that appear together, by a core that knows no other app.
        "labs/datasets/deidentification/writing.py",
    },
}


@pytest.mark.parametrize("filters", SAID, ids=lambda filters: filters.__name__)
def test_what_has_a_name_is_written_nowhere_else(filters: Callable[[ast.Call, bool], bool]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts and str(path.relative_to(ROOT)) not in SAID[filters]
        for call, is_inverted in _calls(path.read_text(encoding="utf-8"))
        if filters(call, is_inverted)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("filters", "source"),
    [
        (ends_of_chains, "Grade.objects.filter(submission=one, superseded_by__isnull=True)"),
        (ends_of_chains, "runs.filter(grades__superseded_by__isnull=True)"),
        (places_given_up, "Enrollment.objects.exclude(status='withdrawn')"),
        (places_given_up, "Count('enrollments', filter=~Q(enrollments__status=EnrollmentStatus.WITHDRAWN))"),
        (leases, "rows.filter(pk=1, lease_token=row.lease_token)"),
        (flushes, "os.fsync(stream.fileno())"),
    ],
)
def test_the_look_sees_what_it_looks_for(filters: Callable[[ast.Call, bool], bool], source: str) -> None:
    assert any(filters(call, is_inverted) for call, is_inverted in _calls(source))


def test_whoever_says_that_many_cost_as_much_as_few_counts_both() -> None:
    """One size under a loose ceiling proves nothing, and a page that is not there is cheap: `tests.counting`."""
    said = re.compile(r"as_often_for|costs?_the_same|asks?_no_more|(few|many)_as_(for_)?(one|few)")
    counted = {"costs_the_same", "cost_of", "cost"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and said.search(node.name)
        if not counted & {_name(each) for each in ast.walk(node) if isinstance(each, ast.Call)}
    ]

    assert found == []
