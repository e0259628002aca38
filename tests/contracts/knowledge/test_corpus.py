"""Real laws: a slice of the shared corpus comes in whole, with the ids by which others name its clauses."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from portal.installation.paths import ROOT
from portal.knowledge.models import PolicyExpression, PolicyWork, Provision
from portal.knowledge.parsing.corpus import corpus_documents
from portal.knowledge.parsing.pieces import build_tree
from search.models import SearchEntry

LAWS = Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data") / "laws"
LAST_DOCUMENT = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LAWS.is_dir(), reason=f"the law corpus is not at {LAWS}"),
]


def test_every_clause_of_the_corpus_has_an_address_of_its_own() -> None:
    documents = clauses = 0
    for document in corpus_documents(LAWS):
        tree = build_tree(document.clauses)
        own = [piece for piece in tree if piece.is_clause]
        assert [piece.text for piece in own] == [clause.text for clause in document.clauses]
        assert len({piece.eid for piece in tree}) == len(tree)
        assert not document.problems
        documents, clauses = documents + 1, clauses + len(own)

    assert (documents, clauses) == (3419, 148026)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """Return the first documents of the corpus as a corpus."""
    with gzip.open(LAWS / "documents.json.gz", "rt", encoding="utf-8") as file:
        documents = [row for row in json.load(file) if row["doc_id"] <= LAST_DOCUMENT]
    with gzip.open(LAWS / "clauses.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = list(itertools.takewhile(lambda line: json.loads(line)["doc_id"] <= LAST_DOCUMENT, file))
    (tmp_path / "documents.json.gz").write_bytes(gzip.compress(json.dumps(documents).encode()))
    (tmp_path / "clauses.jsonl.gz").write_bytes(gzip.compress("".join(rows).encode()))
    return tmp_path


@pytest.mark.django_db
def test_a_part_of_the_corpus_comes_in_and_comes_in_again(part: Path) -> None:
    with gzip.open(part / "clauses.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]

    first, again = run(part), run(part)

    assert first["clauses"] == len(rows)
    assert (again["made"], again["changed"], again["clauses"]) == (0, 0, 0)
    assert again["unchanged"] == PolicyExpression.objects.count()
    kept = Provision.objects.clauses().exclude(source_id="").values_list("source_id", "number", "text")
    assert {(number, words) for number, _, words in kept} == {(str(row["id"]), row["text"]) for row in rows}
    found = SearchEntry.objects.filter(kind="clause").values_list("source_id", flat=True)
    assert sorted(found) == sorted(str(row["id"]) for row in rows)
    law = PolicyWork.objects.get(title="中华人民共和国民事诉讼法")
    assert [str(text.version_date) for text in law.expressions.in_order()] == ["2021-12-24", "2023-09-01"]
    # Amendments of one law are laws of their own: none makes another old.
    amendments = PolicyWork.objects.filter(title__startswith="中华人民共和国刑法修正案")
    assert amendments.count() > 5
    assert set(amendments.values_list("status", flat=True)) == {"in_force"}


def run(folder: Path) -> dict[str, Any]:
    """Return the command's report."""
    out = io.StringIO()
    call_command("import_policies", str(folder), stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return report
