"""Rows are written in `actions` (and by models and migrations themselves); every other place is named here, with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.test_shape import ROOT, sources

MANAGERS = frozenset({"bulk_create", "bulk_update", "create", "get_or_create", "update_or_create"})
LAYERS = frozenset({"actions", "actions.py", "models", "models.py"})


def is_write(call: ast.Call) -> bool:
    """Tell whether a call writes rows, by its name and the shape of its arguments: digests and dicts are updated, too."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name, given = call.func.attr, {keyword.arg for keyword in call.keywords}
    if name in MANAGERS:
        return True
    if name == "update":
        return bool(given) and not call.args
    if name == "save":
        return not call.args and given <= {"update_fields", "force_insert", "using"}
    return name == "delete" and not call.args and not call.keywords


def writes_in(code: str) -> Iterator[int]:
    """Yield the lines that write rows."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and is_write(node):
            yield node.lineno


def writing_files() -> dict[str, list[int]]:
    """Files outside the layer of writes that write rows, with the lines."""
    found = {
        str(file.relative_to(ROOT)): sorted(writes_in(file.read_text("utf-8")))
        for file in sources()
        if not LAYERS & set(file.relative_to(ROOT).parts)
    }
    return {name: lines for name, lines in found.items() if lines}


EXCEPTIONS = {
    "courses/catalog/demo.py": "demo data, seeded by a command",
    "courses/certification/demo.py": "demo data, seeded by a command",
    "portal/knowledge/demo.py": "demo data, seeded by a command",
    "labs/datasets/loading.py": "datasets of the catalog, brought in by a command through the desk's own actions",
    "portal/knowledge/moderation.py": "Wagtail's workflow, made once when pages are seeded",
    "portal/knowledge/taxonomy.py": "subjects from a file of the repository, brought in with policies",
    "portal/audit/anchoring.py": "the audit's own ledger: it cannot record itself",
    "portal/audit/sealing.py": "the audit's own ledger: it cannot record itself",
    "portal/audit/checking.py": "the worker's progress and answer on a row whose lease it holds",
    "labs/assignments/work.py": "the worker's progress on a row whose lease it holds",
    "labs/datasets/progressing.py": "the worker's progress and end on a row whose lease it holds",
    "labs/grading/work.py": "the worker's beginning on a row whose lease it holds",
    "portal/queue/processes.py": "a process's line about itself",
    "portal/queue/worker.py": "when chores were last done",
    "labs/datasets/mounts.py": "the log of what really lies on disk, written beside the file operation",
    "portal/users/reading_aids.py": "a person's own print size and colors, no event of the record",
    "portal/users/receivers.py": "tokens end when rights do, whichever action took them",
    "portal/users/wagtail_groups.py": "Wagtail's groups, derived from grants by the granting action",
    "courses/partners/groups.py": "Wagtail's groups, derived from grants by the granting action",
    "courses/learning/required_lessons.py": "tried out in a transaction that is taken back",
    "courses/partners/authoring.py": "no row: calls the action that its subclass names `create`",
    "search/engines/elastic.py": "no row: an index of Elasticsearch",
    "labs/datasets/deidentification/solving.py": "no row: a file of what was solved so far",
    "labs/grader/engine/server.py": "no row: a dict",
}


def test_rows_are_written_in_actions() -> None:
    """A new write belongs into `actions`; an exception that is gone leaves the list."""
    assert set(writing_files()) == set(EXCEPTIONS)


@pytest.mark.parametrize(
    "code",
    [
        "Grade.objects.create(run=run)",
        "rows.update(status=DONE)",
        "MarkDraft.objects.filter(by=by).delete()",
        "batch.save(update_fields=['note'])",
        "lesson.save()",
        "Rubric.objects.bulk_create(rows)",
    ],
)
def test_it_finds_a_write(code: str) -> None:
    assert list(writes_in(code)) == [1]


@pytest.mark.parametrize(
    "code", ["digest.update(block)", "counts.update({'a': 1})", "book.save(target)", "storage.save(name, file)"]
)
def test_it_leaves_other_calls_alone(code: str) -> None:
    assert not list(writes_in(code))
