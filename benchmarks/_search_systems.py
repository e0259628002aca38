"""The systems side by side: each takes passages in and gives ids back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy

from ._search_corpus import LANGUAGE, Passage

Search = Callable[[str, int], list[str]]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class System:
    """One system, indexed: how long that took, how big it is, and how it is asked."""

    name: str
    search: Search
    index_cpu_s: float
    megabytes: float
    other_cpu: Callable[[], float] = field(default=lambda: 0.0)
    """CPU seconds that another process has spent for it."""
    sample: int | None = None
    """How many of the questions it is asked; all, unless one takes it too long."""

    def cpu(self) -> float:
        """CPU seconds spent so far, here and elsewhere."""
        return time.process_time() + self.other_cpu()


def size_of(folder: Path) -> float:
    """Megabytes of the files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def wagtail_default(passages: Iterable[Passage], folder: Path) -> System:
    """Wagtail's own search on SQLite: a model with title and text, as its documentation shows it."""
    from django.db import connection, models
    from modelsearch import index
    from modelsearch.backends.database.sqlite.sqlite import SQLiteSearchBackend

    class Text(index.Indexed, models.Model):  # type: ignore[misc]  # Wagtail carries no types
        passage = models.CharField(max_length=20)
        title = models.CharField(max_length=400)
        body = models.TextField()
        search_fields = [index.SearchField("title"), index.SearchField("body")]

        class Meta:
            app_label = "search"

    with connection.schema_editor() as editor:
        editor.create_model(Text)
    Text.objects.bulk_create(
        [Text(passage=p.id, title=f"{p.law} {p.article}"[:400], body=f"{p.path}\n{p.text}") for p in passages], 500
    )
    backend = SQLiteSearchBackend({})
    started, before = time.process_time(), database_size()
    rows = list(Text.objects.all())
    own = backend.get_index_for_model(Text)
    for start in range(0, len(rows), 1000):
        own.add_items(Text, rows[start : start + 1000])
    spent = time.process_time() - started

    def ask(query: str, limit: int) -> list[str]:
        return [found.passage for found in backend.search(query, Text)[:limit]]

    return System("Wagtail on SQLite", ask, spent, database_size() - before, sample=50)


def database_size() -> float:
    """Megabytes of the site's database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return os.path.getsize(str(connection.settings_dict["NAME"])) / 1e6


def fts5_trigram(passages: Iterable[Passage], folder: Path) -> System:
    """SQLite's trigram tokenizer; a query is any of its trigrams."""
    file = folder / "trigram.sqlite3"
    database = sqlite3.connect(file)
    database.execute("CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, body, tokenize='trigram')")
    started = time.process_time()
    with database:
        database.executemany(
            "INSERT INTO passages VALUES (?, ?)",
            ((p.id, "\n".join((p.law, p.path, p.article, p.text))) for p in passages),
        )
    spent = time.process_time() - started

    def ask(query: str, limit: int) -> list[str]:
        folded = "".join(c for c in unicodedata.normalize("NFKC", query) if c.isalnum())
        grams = dict.fromkeys(folded[at : at + 3] for at in range(len(folded) - 2))
        if not grams:
            return []
        wanted = " OR ".join(f'"{gram}"' for gram in grams)
        rows = database.execute("SELECT id FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (wanted, limit))
        return [str(row[0]) for row in rows]

    return System("FTS5 trigram", ask, spent, file.stat().st_size / 1e6)


def plain_bigrams(passages: Iterable[Passage], folder: Path) -> System:
    """Pairs of characters ranked by BM25 alone: no prior, no intents."""
    from search.analysis import required_tokens, token_text

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("pairs", tokenizer_name="blanks", index_option="freq")
    schema = builder.build()
    path = folder / "bigrams"
    path.mkdir()
    index = tantivy.Index(schema, path=str(path))
    index.register_tokenizer("blanks", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    started = time.process_time()
    writer = index.writer(50_000_000, 1)
    for p in passages:
        words = token_text("\n".join((p.law, p.path, p.article, p.text))).split()
        pairs = " ".join(word for word in words if len(word) > 1)
        writer.add_document(tantivy.Document(id=p.id, pairs=pairs))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    spent = time.process_time() - started
    searcher = index.searcher()

    def ask(query: str, limit: int) -> list[str]:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "pairs", token, "freq"))
            for token in required_tokens(query)
        ]
        found = searcher.search(tantivy.Query.boolean_query(terms), limit, count=False)
        return [str(searcher.doc(address)["id"][0]) for _, address in found.hits]

    return System("bigrams, no prior", ask, spent, size_of(path))


def ours(engine: Any, folder: Path, other_cpu: Callable[[], float] = lambda: 0.0) -> System:
    """Return the search as shipped: rights, intents, counts, excerpts and all."""
    from search.actions import rebuild_index

    started, elsewhere = time.process_time(), other_cpu()
    rebuild_index(engine)
    spent = time.process_time() - started + other_cpu() - elsewhere

    def ask(query: str, limit: int) -> list[str]:
        return [hit.outside_id for hit in answer_of(engine, query, limit).hits]

    return System(f"chengxue {engine.name}", ask, spent, size_of(folder), other_cpu)


def answer_of(engine: Any, query: str, limit: int, facets: tuple[str, ...] = ()) -> Any:
    """Return the whole answer for somebody who is not signed in."""
    from search.queries import search

    return search(query, None, LANGUAGE, limit, facets=facets, engine=engine)


def process_cpu(pid: int) -> float:
    """CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def clear(folder: Path) -> None:
    """Remove a folder, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
