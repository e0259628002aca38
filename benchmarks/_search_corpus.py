"""What the benchmark of the search reads, and the scratch site that it puts it into."""

from __future__ import annotations

import gzip
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class Passage:
    """One article of one law."""

    id: str
    law: str
    article: str
    path: str
    text: str
    level: str
    date: str
    region: str = ""
    status: str = "in_force"
    document: str = ""


def read_passages(folder: Path) -> list[Passage]:
    """Return the passages of corpus_*.jsonl.gz."""
    (file,) = sorted(folder.glob("corpus_*.jsonl.gz"))[:1]
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Passage(
            str(r["id"]), r["law"], r["article"] or "", r["path"] or "", r["text"], r["level"] or "其他", r["date"] or "",
            document=r["law"],
        )
        for r in rows
    ]  # fmt: skip


def read_laws(folder: Path) -> list[Passage]:
    """Return the clauses of a folder laid out like ../shared/data/laws."""
    with gzip.open(folder / "documents.json.gz", "rt", encoding="utf-8") as file:
        documents = {row["doc_id"]: row for row in json.load(file)}
    with gzip.open(folder / "clauses.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [_clause(json.loads(line), documents) for line in lines]


REGIONS = {
    "北京": "110000",
    "上海": "310000",
    "浙江": "330000",
    "山东": "370000",
    "河南": "410000",
    "广东": "440000",
    "重庆": "500000",
}


def _clause(row: dict[str, Any], documents: dict[int, dict[str, Any]]) -> Passage:
    law = documents[row["doc_id"]]
    return Passage(
        id=str(row["id"]), law=law["title"], article=row["article"] or "", path=row["path"] or "", text=row["text"],
        level=law["level"], date=law["date"] or "", region=REGIONS.get(law["region"], ""),
        status="in_force" if law["current"] else "amended", document=str(row["doc_id"]),
    )  # fmt: skip


def set_up(var: Path) -> None:
    """Set up a site of its own with empty tables, in `var`; must come before any model is imported."""
    os.environ["VAR_DIR"] = str(var)
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    os.environ.pop("SEARCH_URL", None)
    import django
    from django.core.management import call_command

    for folder in ("database", "index", "static", "secrets"):
        (var / folder).mkdir(parents=True, exist_ok=True)
    django.setup()
    call_command("migrate", verbosity=0)


def entries_of(passages: Iterable[Passage]) -> Iterator[Any]:
    """Laws and their clauses as the importer hands them to the search."""
    from search.registry import Entry

    seen: dict[str, Any] = {}
    for passage in passages:
        own = uuid.uuid5(uuid.NAMESPACE_OID, passage.document)
        shared: dict[str, Any] = {
            "language": LANGUAGE, "level": passage.level, "region": passage.region, "status": passage.status,
            "dated": date.fromisoformat(passage.date) if passage.date else None, "theme": passage.path.partition(" / ")[0][:20],
        }  # fmt: skip
        if passage.document not in seen:
            seen[passage.document] = True
            yield Entry(
                key=f"policy:{own}:{LANGUAGE}", kind="policy", source_uuid=own, title=passage.law, body="",
                url=f"/policies/{own}/", source_id=f"law-{passage.document}"[:80], **shared,
            )  # fmt: skip
        yield Entry(
            key=f"clause:{own}:{passage.id}", kind="clause", source_uuid=uuid.uuid5(own, passage.id),
            title=passage.article or passage.law, body=passage.text, url=f"/policies/{own}/#{passage.id}",
            parent_title=passage.law, parent_key=f"policy:{own}:{LANGUAGE}", path=passage.path, anchor=passage.id,
            source_id=passage.id, **shared,
        )  # fmt: skip
