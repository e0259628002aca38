"""A text comes in whole or not at all, once; a changed one stands beside the old."""

from __future__ import annotations

import gzip
import io
import json
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from portal.audit.models import AuditEvent
from portal.knowledge.actions import ImportUnderWay, import_source, importing_alone, plan_source, relate_texts
from portal.knowledge.actions.dating import follow_calendar
from portal.knowledge.models import PolicyExpression, PolicyRelation, PolicyWork, Provision
from portal.knowledge.queries import expression_at
from portal.knowledge.sources import file_source
from search.models import IndexChange, SearchEntry
from search.registry import replacements_of

from .conftest import FIRST, NOW, SECOND, law, take_in

pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[dict[str, Any], int]:
    """Return the command's report and exit status."""
    out = io.StringIO()
    try:
        call_command("import_policies", *args, stdout=out)
    except SystemExit as end:
        return json.loads(out.getvalue().splitlines()[-1]), int(end.code or 0)
    return json.loads(out.getvalue().splitlines()[-1]), 0


def test_a_text_comes_in_with_its_tree_and_its_entries() -> None:
    outcome = take_in()

    work = PolicyWork.objects.get(code="trial-data")
    assert (outcome.result, work.title, work.level, work.region) == ("made", "试验省数据条例", "地方性法规", "610000")
    tree = list(Provision.objects.filter(expression__work=work).order_by("order").values_list("eid", "parent__eid"))
    assert tree == [
        ("chap-1", None), ("art-1", "chap-1"), ("art-2", "chap-1"), ("art-2-p1", "art-2"), ("art-2-p2", "art-2"),
        ("art-3", "chap-1"), ("chap-2", None), ("art-4", "chap-2"),
    ]  # fmt: skip
    clauses = SearchEntry.objects.filter(kind="clause").order_by("pk")
    assert [entry.anchor for entry in clauses] == ["art-1", "art-2", "art-3", "art-4"]
    assert clauses[1].url == "/policies/trial-data/#art-2"
    assert clauses[1].parent_title == work.title
    assert SearchEntry.objects.filter(kind="policy", key=clauses[1].parent_key).exists()
    assert IndexChange.objects.count() == 5
    assert AuditEvent.objects.filter(event="knowledge.text_imported").count() == 1


def test_the_same_text_again_changes_nothing() -> None:
    take_in()
    IndexChange.objects.all().delete()

    again = take_in(FIRST.replace("　", " ") + "\n\n", name="other name.md")

    assert again.result == "unchanged"
    assert (PolicyExpression.objects.count(), IndexChange.objects.count()) == (1, 0)


def test_a_changed_text_stands_beside_the_old_one() -> None:
    take_in()
    before = list(Provision.objects.order_by("pk").values())

    outcome = take_in(SECOND, "2024-06-01")

    assert outcome.result == "changed"
    assert dict(outcome.changes) == {"same": 1, "changed": 1, "moved": 2, "added": 1}
    assert list(Provision.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()) == before
    work = PolicyWork.objects.get()
    old, new = work.expressions.in_order()
    assert expression_at(work, date(2024, 5, 31)) == old
    assert expression_at(work, date(2024, 6, 1)) == new
    assert expression_at(work, date(1999, 1, 1)) == old
    states = dict(SearchEntry.objects.filter(kind="clause", anchor="art-2").values_list("status", "url"))
    assert states == {
        "in_force": "/policies/trial-data/#art-2",
        "amended": f"/policies/trial-data/?text={old.uuid}#art-2",
    }


def test_an_older_text_that_comes_later_stands_before() -> None:
    take_in(SECOND, "2024-06-01")

    take_in(FIRST, "2023-01-01")

    work = PolicyWork.objects.get()
    newest = work.expressions.in_order().last()
    assert newest is not None
    assert newest.effective_date == date(2024, 6, 1)


def test_a_text_of_the_future_holds_when_its_day_comes() -> None:
    take_in(FIRST, "2023-01-01")
    take_in(SECOND, "2999-01-01")
    work = PolicyWork.objects.get()
    assert SearchEntry.objects.filter(status="not_yet", kind="clause").count() == 5

    follow_calendar(at=NOW.replace(year=2999, month=1, day=2))

    current = expression_at(work, date(2999, 1, 2))
    assert current is not None
    assert not SearchEntry.objects.filter(status="not_yet").exists()
    assert SearchEntry.objects.filter(kind="clause", status="in_force").count() == current.clause_count


def test_texts_and_clauses_cannot_be_changed_or_removed() -> None:
    take_in()

    for query in (Provision.objects.filter(eid="art-1"), PolicyExpression.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            query.update(uuid=uuid.uuid4())
        with pytest.raises(IntegrityError), transaction.atomic():
            query._raw_delete(query.db)


def test_a_kill_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("portal.knowledge.actions.importing.put_work", killed)

    with pytest.raises(RuntimeError):
        take_in()

    assert (PolicyWork.objects.count(), Provision.objects.count(), SearchEntry.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(("name", "content", "reason"), [
    ("a.docx", b"PK no", "docx_broken"),
    ("a.md", b"", "title_missing"),
    ("a.md", "条例\n第一条　".encode() + "长".encode() * 200_000, "clause_too_long"),
    ("a.md", "---\neffective: soon\n---\n条例\n第一条　甲".encode(), "field_unreadable"),
    ("a.md", "---\nlevel: 圣旨\n---\n条例\n第一条　甲".encode(), "level_unknown"),
    ("a.md", "---\ncode: ../x\n---\n条例\n第一条　甲".encode(), "code_wrong"),
    ("a.md", "---\ncode: reviews\n---\n条例\n第一条　甲".encode(), "code_wrong"),
    ("a.html", "<script>条例\n第一条 甲</script>".encode(), "title_missing"),
])  # fmt: skip
def test_bad_files_are_refused_with_the_reason(name: str, content: bytes, reason: str) -> None:
    source = file_source(name, content)

    outcome = import_source(source=source, by=None, at=NOW)

    assert outcome.result == plan_source(source).result == "refused"
    assert reason in [problem.code for problem in source.refusals]
    assert not PolicyWork.objects.exists()


def test_two_imports_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "law.md").write_bytes(law())

    with importing_alone(settings.PATHS.var):
        with pytest.raises(ImportUnderWay), importing_alone(settings.PATHS.var):
            pass
        with pytest.raises(CommandError) as refused:
            call_command("import_policies", str(tmp_path / "law.md"))

    assert refused.value.returncode == 2
    assert not PolicyWork.objects.exists()


def corpus(folder: Path, words: str = "乙") -> Path:
    """Return a folder laid out like the corpus: two texts of one law, another law,
    clauses of a document that is not listed."""
    folder.mkdir(exist_ok=True)
    documents = [
        {"doc_id": 1, "title": "试法", "level": "法律", "date": "2019-01-01", "region": "全国", "current": False, "history": []},
        {"doc_id": 2, "title": "试法", "level": "法律", "date": "2022-01-01", "region": "全国", "current": True, "history": []},
        {"doc_id": 3, "title": "试条例", "level": "行政法规", "date": None, "region": "全国", "current": True, "history": ["2020年5月1日 公布"]},
    ]  # fmt: skip
    rows = [(1, "第一条", "甲"), (1, "第二条", words), (2, "第一条", "甲"), (2, "第二条", "丙"),
            (3, "第一条", "依照《试法》办理。\n（一）有据；"), (9, "第一条", "无主")]  # fmt: skip
    clauses = [
        {"doc_id": doc, "article": article, "path": "第一章 总则", "text": text, "id": 100 + place}
        for place, (doc, article, text) in enumerate(rows)
    ]
    (folder / "documents.json.gz").write_bytes(gzip.compress(json.dumps(documents).encode()))
    (folder / "clauses.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, clauses)).encode()))
    return folder


def test_a_corpus_comes_in_and_comes_in_again(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "laws")
    dry, _ = run(str(folder), "--dry-run")
    assert (dry["made"], dry["refused"]) == (3, 1)
    assert not PolicyWork.objects.exists()

    report, status = run(str(folder))

    assert (report["made"], report["changed"], report["refused"], report["clauses"], status) == (2, 1, 1, 5, 1)
    assert report["refusals"][0]["line"] == 6
    assert PolicyRelation.objects.get().target.title == "试法"
    work = PolicyWork.objects.get(title="试法")
    ids = SearchEntry.objects.filter(kind="clause", parent_title="试法", status="in_force")
    assert sorted(ids.values_list("source_id", flat=True)) == ["102", "103"]
    assert SearchEntry.objects.get(key=f"policy:{work.uuid}:zh-hans").source_id == "2"

    again, _ = run(str(folder))
    assert (again["made"], again["changed"], again["unchanged"]) == (0, 0, 3)

    third, _ = run(str(corpus(folder, words="乙之二")))
    assert (third["changed"], third["unchanged"]) == (1, 2)
    newest = work.expressions.in_order().last()
    assert newest is not None
    assert newest.version_date == date(2022, 1, 1)


def test_a_broken_corpus_is_named(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "laws")
    (folder / "clauses.jsonl.gz").write_bytes((folder / "clauses.jsonl.gz").read_bytes()[:40])

    with pytest.raises(CommandError) as refused:
        call_command("import_policies", str(folder))

    assert refused.value.returncode == 2
    with pytest.raises(CommandError):
        call_command("import_policies", str(tmp_path / "nowhere"))


def test_a_law_that_repeals_another_says_so() -> None:
    take_in()
    text = "# 试验省数据促进条例\n\n第一条　甲。\n\n第二条　本条例自2025年1月1日起施行。《试验省数据条例》同时废止。"
    new = take_in(text, "2025-01-01", "trial-new", "new.md")
    assert new.expression is not None
    relate_texts(expressions=[new.expression.pk], at=NOW)

    old = PolicyWork.objects.get(code="trial-data")
    assert (old.status, old.repealed_date) == ("repealed", date(2025, 1, 1))
    assert set(SearchEntry.objects.filter(parent_title=old.title).values_list("status", flat=True)) == {"repealed"}
    # Which the search shows beside the old one.
    law = PolicyWork.objects.get(title="试验省数据促进条例")
    assert replacements_of("policy", [old.uuid, law.uuid]) == {old.uuid: (law.title, law.get_absolute_url())}


def test_an_explanation_is_paired_with_what_it_explains() -> None:
    take_in()
    text = (
        "---\ncode: explained\n解读对象: 试验省数据条例\n---\n《试验省数据条例》解读\n一、为什么要立法\n数据要用起来。"
    )

    import_source(source=file_source("a.md", text.encode()), by=None, at=NOW)

    relation = PolicyRelation.objects.get()
    assert (relation.subject.level, relation.kind, relation.target.code) == ("政策解读", "interprets", "trial-data")
