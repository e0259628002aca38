"""The embedded engine: tantivy in a folder of this machine. One writer, any number of readers."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from search.engines import EngineAnswer, EngineQuery, IndexBusy, IndexedEntry, IndexNotBuilt

FORMAT = 1
"""Part of a folder's name; raised when schema or analysis change, so that an older index counts as not built."""
TITLE_BOOST = 3.0
HEAP = 50_000_000
TOKENS = "chengxue_tokens"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("audience", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name=TOKENS, index_option="freq")
    builder.add_text_field("body", tokenizer_name=TOKENS, index_option="freq")
    return builder.build()


SCHEMA = _schema()


class EmbeddedEngine:
    """A tantivy index. The file `current` names its folder, so that a rebuild replaces it by one rename."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._opened: tuple[str, tantivy.Index] | None = None

    def is_built(self) -> bool:
        return self._current() is not None

    def search(self, query: EngineQuery) -> EngineAnswer:
        index = self._reader()
        strict = _matching(query, strict=True)
        answer = _run(index, strict, query)
        if answer.count or len(query.required) < 2:
            return answer
        return _run(index, _matching(query, strict=False), query, is_relaxed=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        with open(self._root / "writer.lock", "w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise IndexBusy("another process writes to the search index") from error
            yield

    def apply(self, upserts: Iterable[IndexedEntry], deleted_keys: Iterable[str]) -> None:
        writer = self._reader().writer(HEAP, 1)
        for key in deleted_keys:
            writer.delete_documents_by_term("key", key)
        for entry in upserts:
            writer.delete_documents_by_term("key", entry.key)
            writer.add_document(_document(entry))
        writer.commit()
        writer.wait_merging_threads()

    def rebuild(self, entries: Iterable[IndexedEntry]) -> int:
        name = f"{FORMAT}-{secrets.token_hex(8)}"
        folder = self._root / name
        folder.mkdir(parents=True)
        index = tantivy.Index(SCHEMA, path=str(folder))
        _register(index)
        writer = index.writer(HEAP, 1)
        count = 0
        for entry in entries:
            writer.add_document(_document(entry))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        self._point_to(name)
        for old in self._root.iterdir():
            if old.is_dir() and old.name != name:
                # Readers that still have it open keep their files until they close them.
                shutil.rmtree(old, ignore_errors=True)
        return count

    def _current(self) -> str | None:
        try:
            name = (self._root / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        return name if name.startswith(f"{FORMAT}-") and (self._root / name).is_dir() else None

    def _point_to(self, name: str) -> None:
        new = self._root / "current.new"
        with open(new, "w", encoding="ascii") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._root / "current")

    def _reader(self) -> tantivy.Index:
        name = self._current()
        if name is None:
            raise IndexNotBuilt
        if self._opened is None or self._opened[0] != name:
            try:
                index = tantivy.Index.open(str(self._root / name))
            except (ValueError, OSError) as error:
                # The folder was replaced between reading its name and opening it.
                raise IndexNotBuilt from error
            _register(index)
            self._opened = (name, index)
        index = self._opened[1]
        index.reload()
        return index


def _register(index: tantivy.Index) -> None:
    """Tokens come ready-made, parted by blanks; the tokenizer must be named anew on every open."""
    index.register_tokenizer(TOKENS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


def _document(entry: IndexedEntry) -> tantivy.Document:
    return tantivy.Document(
        key=entry.key,
        kind=entry.kind,
        language=entry.language,
        audience=entry.audience,
        title=" ".join(entry.title_tokens),
        body=" ".join(entry.body_tokens),
    )


def _token(token: str) -> tantivy.Query:
    title = tantivy.Query.term_query(SCHEMA, "title", token, "freq")
    body = tantivy.Query.term_query(SCHEMA, "body", token, "freq")
    return tantivy.Query.boolean_query(
        [(tantivy.Occur.Should, tantivy.Query.boost_query(title, TITLE_BOOST)), (tantivy.Occur.Should, body)]
    )


def _silent(query: tantivy.Query) -> tuple[tantivy.Occur, tantivy.Query]:
    """A condition that filters without adding to the score."""
    return tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)


def _matching(query: EngineQuery, *, strict: bool) -> tantivy.Query:
    """Entries that match and that this reader may see; strict: every pair and word, else half of them."""
    audiences = [(tantivy.Occur.Should, _term("audience", audience)) for audience in sorted(query.audiences)]
    conditions = [
        _silent(_term("language", query.language)),
        _silent(tantivy.Query.boolean_query(audiences)),
    ]
    if strict:
        conditions += [_silent(_token(token)) for token in query.required]
    else:
        needed = max(1, (len(query.required) + 1) // 2)
        wanted = [(tantivy.Occur.Should, _token(token)) for token in query.required]
        conditions.append(_silent(tantivy.Query.boolean_query(wanted, needed)))
    ranked = [(tantivy.Occur.Should, _token(token)) for token in query.ranked]
    return tantivy.Query.boolean_query([*conditions, (tantivy.Occur.Must, tantivy.Query.boolean_query(ranked))])


def _term(field: str, value: str) -> tantivy.Query:
    return tantivy.Query.term_query(SCHEMA, field, value, "basic")


def _run(
    index: tantivy.Index, matching: tantivy.Query, query: EngineQuery, *, is_relaxed: bool = False
) -> EngineAnswer:
    searcher = index.searcher()
    counted = searcher.aggregate(matching, {"kinds": {"terms": {"field": "kind", "size": 50}}})
    kinds = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in counted["kinds"]["buckets"]}
    shown = matching
    if query.kind:
        shown = tantivy.Query.boolean_query([(tantivy.Occur.Must, matching), _silent(_term("kind", query.kind))])
    result = searcher.search(shown, limit=query.limit, count=True, offset=query.offset)
    hits = [(str(searcher.doc(address)["key"][0]), float(score)) for score, address in result.hits]
    return EngineAnswer(hits=hits, count=result.count or 0, kinds=kinds, is_relaxed=is_relaxed)
