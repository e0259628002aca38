"""A folder of many documents: `documents.json.gz` with what each is, `clauses.jsonl.gz` with the clauses in order."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from .about import About, UnreadableField, last_day, read_date, region_code, short_titles
from .pieces import MAX_CLAUSE, Clause
from .wording import SourceProblem

DOCUMENTS, CLAUSES = "documents.json.gz", "clauses.jsonl.gz"


class UnreadableCorpus(ValueError):
    """A file of the folder is missing or broken."""


@dataclass(frozen=True)
class CorpusDocument:
    """One document of the folder; `is_current` is what the folder says of it."""

    key: str
    about: About
    clauses: tuple[Clause, ...]
    is_current: bool
    problems: tuple[SourceProblem, ...] = ()


def is_corpus(folder: Path) -> bool:
    """Return whether the folder is laid out like one."""
    return (folder / DOCUMENTS).is_file() and (folder / CLAUSES).is_file()


def read_documents(folder: Path) -> dict[Any, dict[str, Any]]:
    """Return what the folder says of each document, by its id. Raises UnreadableCorpus."""
    try:
        with gzip.open(folder / DOCUMENTS, "rt", encoding="utf-8") as file:
            rows = json.load(file)
        return {row["doc_id"]: row for row in rows}
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as problem:
        raise UnreadableCorpus(f"{folder / DOCUMENTS}: {problem}") from problem


def corpus_documents(folder: Path) -> Iterator[CorpusDocument]:
    """Yield the documents of the folder, one at a time. Raises UnreadableCorpus."""
    documents = read_documents(folder)
    for doc_id, rows in groupby(_clause_rows(folder), key=lambda row: row[1].get("doc_id")):
        row = documents.get(doc_id)
        if row is None:
            refusal = SourceProblem(next(rows)[0], "document_unknown", str(doc_id))
            yield CorpusDocument(str(doc_id), About(), (), False, (refusal,))
            continue
        yield _document(row, list(rows))


def _clause_rows(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with gzip.open(folder / CLAUSES, "rt", encoding="utf-8") as file:
            for place, line in enumerate(file, start=1):
                if line.strip():
                    yield place, json.loads(line)
    except (OSError, EOFError, ValueError, zlib.error) as problem:
        raise UnreadableCorpus(f"{folder / CLAUSES}: {problem}") from problem


def _document(row: Mapping[str, Any], rows: list[tuple[int, dict[str, Any]]]) -> CorpusDocument:
    clauses: list[Clause] = []
    problems: list[SourceProblem] = []
    for place, found in rows:
        text = str(found.get("text") or "").replace("\x00", "").strip()
        number = str(found.get("article") or "").strip()
        above = tuple(part.strip() for part in str(found.get("path") or "").split(" / ") if part.strip())
        if not text or len(text) > MAX_CLAUSE:
            problems.append(SourceProblem(place, "clause_empty" if not text else "clause_too_long", number))
        clauses.append(Clause(number or "¶", above, text, str(found.get("id", "")), place))
    try:
        about = _about(row)
    except (UnreadableField, KeyError, TypeError) as problem:
        problems.append(SourceProblem(rows[0][0], "field_unreadable", str(problem)))
        about = About(title=str(row.get("title") or ""))
    return CorpusDocument(str(row["doc_id"]), about, tuple(clauses), bool(row.get("current", True)), tuple(problems))


def _about(row: Mapping[str, Any]) -> About:
    title = str(row["title"]).strip()[:300]
    history = tuple(str(line)[:300] for line in row.get("history") or ())
    given = read_date(str(row["date"])) if row.get("date") else None
    return About(
        title=title,
        level=str(row.get("level") or "其他"),
        region=region_code(str(row.get("region") or "全国")),
        aliases=tuple(short_titles(title)),
        version_date=given or last_day(history),
        issued_date=read_date(history[0]) if history else None,
        history=history,
        source=str(row.get("file") or ""),
    )
