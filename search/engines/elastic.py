"""Elasticsearch, for installations of many machines: one index behind an alias, plain requests only.

Nothing here needs a plugin, a script or a language analyzer: tokens come ready-made and are split at blanks.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, NotFoundError, UnsupportedProductError, helpers
from elasticsearch.dsl import Q, Search

from search.engines import (
    FACETS,
    FORMAT,
    EngineAnswer,
    EngineDown,
    EngineQuery,
    IndexedEntry,
    IndexNotBuilt,
    Match,
    NameField,
    NameHit,
    NameQuery,
    Scope,
    Wanted,
    in_order,
    pieces_of,
)

ALIAS = f"chengxue-{FORMAT}"
PATIENCE = 1.2
"""Seconds that a reader waits for an answer; the page that says so must be there after 1.5."""
WRITING_PATIENCE = 60.0
BULK = 1000
VALUES = 1000
"""Values of a facet that are counted."""

KEYWORD = {"type": "keyword", "ignore_above": 2000}
MAPPINGS: dict[str, Any] = {
    "dynamic": "strict",
    # What is shown is read from the database; only what tells hits by name apart is needed back.
    "_source": {"includes": ["names", "article", "status"]},
    "properties": {
        **dict.fromkeys(("audience", "language", *FACETS), KEYWORD),
        **{name.value: KEYWORD for name in NameField if name != NameField.KEY},
        "tokens": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
        "prior": {"type": "float"},
    },
}
# One shard: with more, each has its own word frequencies, and scores differ from the embedded engine's.
SETTINGS = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "1s"}


class ElasticEngine:
    """An index in Elasticsearch."""

    name = "elasticsearch"

    def __init__(self, url: str, alias: str = ALIAS, patience: float = PATIENCE) -> None:
        self.alias = alias
        self._client = Elasticsearch(
            url, request_timeout=patience, max_retries=0, retry_on_timeout=False, http_compress=False
        )
        self._writer = self._client.options(request_timeout=WRITING_PATIENCE)

    def is_built(self) -> bool:
        with _translated():
            return bool(self._client.indices.exists_alias(name=self.alias))

    def search(self, query: EngineQuery) -> EngineAnswer:
        scope = query.scope
        asked = Search(using=self._client, index=self.alias).query(_times_prior(_seen(scope, _scored(query))))
        if narrowed := _narrowing(scope, query.keys):
            asked = asked.post_filter(narrowed)
        asked = asked.extra(size=query.depth, track_total_hits=True).source(False)
        for facet in query.facets:
            counted: dict[str, Any] = {"values": {"terms": {"field": facet, "size": VALUES}}}
            condition = _narrowing(scope.without(facet), query.keys) or Q("match_all")
            asked.aggs.bucket(facet, {"filter": condition.to_dict(), "aggs": counted})
        with _translated():
            answer = asked.execute().to_dict()
        hits = in_order((hit["_id"], float(hit["_score"])) for hit in answer["hits"]["hits"])
        return EngineAnswer(
            hits=hits[query.offset : query.offset + query.limit],
            count=answer["hits"]["total"]["value"],
            facets={
                facet: {
                    bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"][facet]["values"]["buckets"]
                }
                for facet in query.facets
            },
        )

    def find(self, query: NameQuery) -> list[NameHit]:
        conditions = [_named(condition.field, condition.values, condition.match) for condition in query.conditions]
        matching = _seen(query.scope, Q("constant_score", filter=Q("bool", filter=conditions)))
        asked = Search(using=self._client, index=self.alias).query(_times_prior(matching))
        if narrowed := _narrowing(query.scope):
            asked = asked.post_filter(narrowed)
        with _translated():
            answer = asked.extra(size=query.limit).source(["names", "article", "status"]).execute().to_dict()
        return [_name_hit(hit) for hit in answer["hits"]["hits"]]

    def apply(self, upserts: Iterable[IndexedEntry], deleted_keys: Iterable[str]) -> None:
        # Without the alias, writing would make an index of its name.
        _write(self._writer, self.alias, upserts, deleted_keys, require_alias=True)

    @contextmanager
    def building(self) -> Iterator[ElasticBuild]:
        build = ElasticBuild(self._writer, self.alias)
        try:
            yield build
        finally:
            build.clear()


class ElasticBuild:
    """A new index beside the one that the alias names."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client, self._alias = client, alias
        self._index = f"{alias}-{secrets.token_hex(8)}"
        with _translated():
            client.indices.create(index=self._index, mappings=MAPPINGS, settings={**SETTINGS, "refresh_interval": "-1"})

    def add(self, entries: Iterable[IndexedEntry]) -> int:
        with _translated():
            count, _ = helpers.bulk(self._client, (_action(self._index, e) for e in entries), chunk_size=BULK)
            self._client.indices.put_settings(index=self._index, settings={"refresh_interval": "1s"})
            self._client.indices.refresh(index=self._index)
            self._client.indices.forcemerge(index=self._index, max_num_segments=1)
        return int(count)

    def apply(self, upserts: Iterable[IndexedEntry], deleted_keys: Iterable[str]) -> None:
        _write(self._client, self._index, upserts, deleted_keys)

    def publish(self) -> None:
        with _translated():
            actions: list[dict[str, Any]] = [{"add": {"index": self._index, "alias": self._alias}}]
            actions += [{"remove_index": {"index": index}} for index in self._indices() if index != self._index]
            self._client.indices.update_aliases(actions=actions)

    def clear(self) -> None:
        """Delete every index that the alias does not name: this one unless published, and what a killed build left."""
        with _translated():
            try:
                current = set(self._client.indices.get_alias(name=self._alias))
            except NotFoundError:
                current = set()
            for index in set(self._indices()) - current:
                self._client.indices.delete(index=index, ignore_unavailable=True)

    def _indices(self) -> list[str]:
        return list(self._client.indices.get(index=f"{self._alias}-*"))


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the client as those of every engine."""
    try:
        yield
    except NotFoundError as error:
        raise IndexNotBuilt from error
    except (TransportError, UnsupportedProductError) as error:
        raise EngineDown(str(error)) from error
    except ApiError as error:
        if error.status_code < 500 and error.status_code != 429:
            raise
        raise EngineDown(str(error)) from error


def _action(index: str, entry: IndexedEntry) -> dict[str, Any]:
    # Under `_source`: helpers.bulk takes fields called parent, routing or version for its own.
    source: dict[str, Any] = {
        "audience": entry.audience,
        "language": entry.language,
        "tokens": entry.tokens,
        "prior": entry.prior,
        **{facet: value for facet, value in entry.facets.items() if value},
    }
    source.update({name.value: held for name in NameField if (held := getattr(entry, name.value)) and name != "key"})
    return {"_op_type": "index", "_index": index, "_id": entry.key, "_source": source}


def _write(
    client: Elasticsearch,
    index: str,
    upserts: Iterable[IndexedEntry],
    deleted_keys: Iterable[str],
    **options: bool,
) -> None:
    actions = [{"_op_type": "delete", "_index": index, "_id": key} for key in deleted_keys]
    actions += [_action(index, entry) for entry in upserts]
    with _translated():
        for succeeded, item in helpers.streaming_bulk(
            client, actions, chunk_size=BULK, raise_on_error=False, **options
        ):
            (result,) = item.values()
            if not succeeded and result.get("status") != 404:
                raise EngineDown(f"not indexed: {result.get('_id')}: {result.get('error')}")
        client.indices.refresh(index=index)


def _name_hit(hit: dict[str, Any]) -> NameHit:
    held = hit.get("_source", {})
    return NameHit(
        hit["_id"],
        float(hit["_score"]),
        (held.get("names") or [""])[0],
        held.get("article", ""),
        held.get("status", ""),
    )


def _times_prior(query: Any) -> Any:
    functions = [{"field_value_factor": {"field": "prior", "missing": 1.0}}]
    return Q("function_score", query=query, functions=functions, boost_mode="multiply")


def _seen(scope: Scope, scored: Any) -> Any:
    """Return the query narrowed to what this reader may see."""
    allowed = [
        Q("terms", audience=sorted(scope.audiences)),
        Q("terms", language=sorted(scope.languages)),
    ]
    return Q("bool", must=[scored], filter=allowed)


def _narrowing(scope: Scope, named: tuple[str, ...] = ()) -> Any:
    """Return what the reader chose, or None. What was asked for by name is not hidden."""
    if not scope.chosen and not scope.hidden:
        return None
    return Q(
        "bool",
        filter=[Q("terms", **{facet: sorted(values)}) for facet, values in sorted(scope.chosen.items())],
        must_not=[
            Q("bool", filter=[Q("terms", **{facet: sorted(values)})], must_not=[Q("ids", values=list(named))])
            for facet, values in sorted(scope.hidden.items())
        ],
    )


def _scored(query: EngineQuery) -> Any:
    """Match by one of the ways, score by every ranked token."""
    ways = [_some(wanted) for wanted in query.wanted]
    ways += [Q("ids", values=list(query.keys))] if query.keys else []
    ranked = [Q("term", tokens={"value": token, "boost": weight}) for token, weight in query.ranked]
    needed = [Q("bool", should=ways, minimum_should_match=1)]
    needed += [Q("terms", parent_key=list(query.parents))] if query.parents else []
    return Q("bool", filter=needed, should=ranked, minimum_should_match=0)


def _some(wanted: Wanted) -> Any:
    terms = [Q("term", tokens=token) for token in wanted.tokens]
    return Q("bool", should=terms, minimum_should_match=wanted.minimum)


def _named(field: NameField, values: Iterable[str], match: Match) -> Any:
    if field == NameField.KEY:
        return Q("ids", values=list(values))
    if match == Match.EQUALS:
        return Q("terms", **{field.value: list(values)})
    if match == Match.PREFIX:
        return Q("bool", should=[Q("prefix", **{field.value: value}) for value in values])
    if match == Match.SCATTERED:
        patterns = ["".join(f"*{piece}" for piece in pieces_of(value)) for value in values]
        return Q("bool", should=[Q("wildcard", **{field.value: pattern}) for pattern in patterns])
    return Q("bool", should=[Q("wildcard", **{field.value: f"*{value}*"}) for value in values])
