"""The embedded engine: tantivy in a folder of this machine. One writer at a time, any number of readers."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from search.engines import (
    FORMAT,
    EngineAnswer,
    EngineDown,
    EngineQuery,
    IndexBroken,
    IndexedEntry,
    IndexNotBuilt,
    Match,
    NameField,
    NameHit,
    NameQuery,
    Scope,
    in_order,
    pieces_of,
)
from search.engines.embedded_documents import PRIOR_SCALE, SCHEMA, document_of, documents_of, register, scope_token

HEAP = 50_000_000
SPACE = 256 << 20
NAMED = ("names", "article", "status")
"""What is stored of an entry besides its key."""


class EmbeddedEngine:
    """A tantivy index. The file `current` names its folder, so that a rebuild replaces it by one rename."""

    name = "embedded"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._opened: tuple[str, tantivy.Index] | None = None

    def is_built(self) -> bool:
        return self._current() is not None

    def search(self, query: EngineQuery) -> EngineAnswer:
        searcher = self._reader().searcher()
        scored = _scored(query)
        if query.parents:
            belongs = tantivy.Query.const_score_query(_any("parent_key", query.parents), 0.0)
            scored = tantivy.Query.boolean_query([(tantivy.Occur.Must, scored), (tantivy.Occur.Must, belongs)])
        filtered = _within(query.scope, scored, query.keys)
        found = searcher.search(filtered, limit=query.depth, count=True, weight_by_field="weight")
        page = in_order(
            (str(searcher.doc(address)["key"][0]), float(score) / PRIOR_SCALE) for score, address in found.hits
        )[query.offset : query.offset + query.limit]
        return EngineAnswer(hits=page, count=found.count or 0, facets=_counts(searcher, query))

    def find(self, query: NameQuery) -> list[NameHit]:
        searcher = self._reader().searcher()
        conditions = [(tantivy.Occur.Must, _named(c.field, c.values, c.match)) for c in query.conditions]
        matching = tantivy.Query.const_score_query(tantivy.Query.boolean_query(conditions), 1.0)
        found = searcher.search(
            _within(query.scope, matching), limit=query.limit, count=False, weight_by_field="weight"
        )
        documents = [(float(score) / PRIOR_SCALE, searcher.doc(address)) for score, address in found.hits]
        return [
            NameHit(str(document["key"][0]), score, *(str((document[field] or [""])[0]) for field in NAMED))
            for score, document in documents
        ]

    def apply(self, upserts: Iterable[IndexedEntry], deleted_keys: Iterable[str]) -> None:
        # Outside, for an entry that cannot be written is no fault of the index.
        documents = documents_of(upserts)
        try:
            _apply(self._reader(), documents, deleted_keys)
        except ValueError as error:
            # All that tantivy raises. A new index would need even more space.
            if shutil.disk_usage(self._root).free < SPACE:
                raise EngineDown(f"no space for the index in {self._root}: {error}") from error
            raise IndexBroken(f"{self._current()}: {error}") from error

    @contextmanager
    def building(self) -> Iterator[EmbeddedBuild]:
        build = EmbeddedBuild(self._root)
        try:
            yield build
        finally:
            build.clear()

    def _current(self) -> str | None:
        try:
            name = (self._root / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        return name if name.startswith(f"{FORMAT}-") and (self._root / name).is_dir() else None

    def _reader(self) -> tantivy.Index:
        name = self._current()
        if name is None:
            raise IndexNotBuilt
        if self._opened is None or self._opened[0] != name:
            try:
                index = tantivy.Index.open(str(self._root / name))
            except (ValueError, OSError) as error:
                # The folder was replaced between reading its name and opening it.
                raise IndexNotBuilt(f"{name}: {error}") from error
            register(index)
            self._opened = (name, index)
        index = self._opened[1]
        index.reload()
        return index


class EmbeddedBuild:
    """A new folder beside the current one."""

    def __init__(self, root: Path) -> None:
        self._root, self._name = root, f"{FORMAT}-{secrets.token_hex(8)}"
        folder = root / self._name
        folder.mkdir(parents=True)
        self._index = tantivy.Index(SCHEMA, path=str(folder))
        register(self._index)

    def add(self, entries: Iterable[IndexedEntry]) -> int:
        writer = self._index.writer(HEAP, 1)
        count = 0
        for entry in entries:
            writer.add_document(document_of(entry))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        return count

    def apply(self, upserts: Iterable[IndexedEntry], deleted_keys: Iterable[str]) -> None:
        _apply(self._index, documents_of(upserts), deleted_keys)

    def publish(self) -> None:
        new = self._root / "current.new"
        with open(new, "w", encoding="ascii") as file:
            file.write(self._name)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._root / "current")

    def clear(self) -> None:
        """Remove every folder but the current one. Readers that have one open keep its files until they close them."""
        try:
            current = (self._root / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            current = ""
        for folder in self._root.iterdir():
            if folder.is_dir() and folder.name != current:
                shutil.rmtree(folder, ignore_errors=True)


def _apply(index: tantivy.Index, documents: dict[str, tantivy.Document], deleted_keys: Iterable[str]) -> None:
    writer = index.writer(HEAP, 1)
    try:
        # A writer that was killed in its commit leaves files of names that the same commit, done again, would take.
        writer.garbage_collect_files()
        for key in deleted_keys:
            writer.delete_documents_by_term("key", key)
        for key, document in documents.items():
            writer.delete_documents_by_term("key", key)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
    finally:
        # Whoever keeps the error would keep the writer, and with it the lock.
        del writer


def _any(field: str, values: Iterable[str]) -> tantivy.Query:
    terms = [
        (tantivy.Occur.Should, tantivy.Query.term_query(SCHEMA, field, value, "basic")) for value in sorted(values)
    ]
    return terms[0][1] if len(terms) == 1 else tantivy.Query.boolean_query(terms)


def _within(scope: Scope, scored: tantivy.Query, named: tuple[str, ...] = ()) -> tantivy.Query:
    """Return the query narrowed to what this reader may see and chose; filters do not add to the score.
    What was asked for by name is not hidden."""
    tokens = [scope_token(audience, language) for audience in scope.audiences for language in scope.languages]
    filters = [_any("scope", tokens)] + [_any(facet, values) for facet, values in sorted(scope.chosen.items())]
    clauses = [(tantivy.Occur.Must, scored)]
    clauses += [(tantivy.Occur.Must, tantivy.Query.const_score_query(condition, 0.0)) for condition in filters]
    for facet, values in sorted(scope.hidden.items()):
        hidden = _any(facet, values)
        if named:
            kept = [(tantivy.Occur.Must, hidden), (tantivy.Occur.MustNot, _any("key", named))]
            hidden = tantivy.Query.boolean_query(kept)
        clauses.append((tantivy.Occur.MustNot, hidden))
    return tantivy.Query.boolean_query(clauses)


def _matching(query: EngineQuery) -> tantivy.Query:
    """Return what matches, without a thought for scores."""
    ways = [_some(wanted.tokens, wanted.minimum) for wanted in query.wanted]
    ways += [_any("key", query.keys)] if query.keys else []
    return ways[0] if len(ways) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, way) for way in ways])


def _scored(query: EngineQuery) -> tantivy.Query:
    """Match and score in one: tokens that a single way of matching requires are scored where they are required."""
    weights = dict(query.ranked)
    terms = {token: _weighted(token, weight) for token, weight in weights.items()}
    if len(query.wanted) == 1 and not query.keys and set(query.wanted[0].tokens) <= weights.keys():
        wanted = query.wanted[0]
        if wanted.minimum >= len(wanted.tokens):
            clauses = [(tantivy.Occur.Must, terms.pop(token)) for token in wanted.tokens]
        else:
            some = [(tantivy.Occur.Should, terms.pop(token)) for token in wanted.tokens]
            clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(some, wanted.minimum))]
    else:
        clauses = [(tantivy.Occur.Must, tantivy.Query.const_score_query(_matching(query), 0.0))]
    clauses += [(tantivy.Occur.Should, term) for term in terms.values()]
    return tantivy.Query.boolean_query(clauses)


def _weighted(token: str, weight: float) -> tantivy.Query:
    term = tantivy.Query.term_query(SCHEMA, "tokens", token, "freq")
    return term if weight == 1.0 else tantivy.Query.boost_query(term, weight)


def _some(tokens: Iterable[str], minimum: int) -> tantivy.Query:
    terms = [tantivy.Query.term_query(SCHEMA, "tokens", token, "basic") for token in tokens]
    occur = tantivy.Occur.Must if minimum >= len(terms) else tantivy.Occur.Should
    clauses = [(occur, term) for term in terms]
    return tantivy.Query.boolean_query(clauses, None if occur == tantivy.Occur.Must else minimum)


def _named(field: NameField, values: Iterable[str], match: Match) -> tantivy.Query:
    if match == Match.EQUALS:
        return _any(field.value, values)
    if match == Match.SCATTERED:
        patterns = ["".join(f".*{re.escape(piece)}" for piece in pieces_of(value)) for value in values]
    else:
        before = ".*" if match == Match.CONTAINS else ""
        patterns = [f"{before}{re.escape(value)}.*" for value in values]
    found = [(tantivy.Occur.Should, tantivy.Query.regex_query(SCHEMA, field.value, pattern)) for pattern in patterns]
    return tantivy.Query.boolean_query(found)


def _counts(searcher: tantivy.Searcher, query: EngineQuery) -> dict[str, dict[str, int]]:
    """Per facet the values of what matches, each facet as if nothing had been chosen by itself."""
    counts: dict[str, dict[str, int]] = {}
    narrowed = [facet for facet in query.facets if query.scope.narrows(facet)]
    for facets in [[facet for facet in query.facets if facet not in narrowed], *([facet] for facet in narrowed)]:
        if not facets:
            continue
        scope = query.scope.without(facets[0])
        asked = {facet: {"terms": {"field": facet, "size": 1000}} for facet in facets}
        answer = searcher.aggregate(_within(scope, _matching(query), query.keys), asked)
        for facet in facets:
            counts[facet] = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer[facet]["buckets"]}
    return {facet: counts[facet] for facet in query.facets}
