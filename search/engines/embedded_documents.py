"""What the embedded engine keeps of an entry: the fields, and how an entry becomes a document of tantivy."""

from __future__ import annotations

from collections.abc import Iterable

import tantivy

from search.engines import FACETS, IndexedEntry, NameField

TOKENS = "chengxue_tokens"
PRIOR_SCALE = 10.0
"""tantivy multiplies a score by log2(2 + w) and never by less than 1: w = 2^(10·p) − 2 makes that 10·p, for p ≥ 0.1."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("scope", tokenizer_name="raw", index_option="basic")
    for facet in FACETS:
        builder.add_text_field(facet, stored=facet == "status", fast=True, tokenizer_name="raw", index_option="basic")
    for name in NameField:
        if name == NameField.KEY:
            continue
        is_stored = name in {NameField.TITLE, NameField.ARTICLE}
        builder.add_text_field(name.value, stored=is_stored, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("tokens", tokenizer_name=TOKENS, index_option="freq")
    builder.add_float_field("weight", fast=True)
    return builder.build()


SCHEMA = _schema()


def register(index: tantivy.Index) -> None:
    """Name the tokenizer, which must be done anew on every open: tokens come ready-made, parted by blanks."""
    index.register_tokenizer(TOKENS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


def documents_of(entries: Iterable[IndexedEntry]) -> dict[str, tantivy.Document]:
    """Return the entries as documents, by key."""
    return {entry.key: document_of(entry) for entry in entries}


def document_of(entry: IndexedEntry) -> tantivy.Document:
    """Return the entry as a document. Raises ValueError for a prior that cannot be multiplied by."""
    if entry.prior < 1 / PRIOR_SCALE:
        raise ValueError(f"{entry.key}: a prior below {1 / PRIOR_SCALE} would count as {1 / PRIOR_SCALE}")
    values: dict[str, object] = {
        "key": entry.key,
        "scope": scope_token(entry.audience, entry.language),
        "tokens": entry.tokens,
        # A whole number here would end the writer (measured): always a float.
        "weight": float(2.0 ** (PRIOR_SCALE * entry.prior) - 2.0),
    }
    values.update({facet: value for facet, value in entry.facets.items() if value})
    for name in (NameField.TITLE, NameField.PINYIN, NameField.INITIALS, NameField.NUMBER, NameField.HEADING):
        if held := getattr(entry, name.value):
            values[name.value] = list(held)
    for name in (NameField.PARENT, NameField.ARTICLE, NameField.PLACE):
        if one := getattr(entry, name.value):
            values[name.value] = one
    return tantivy.Document(**values)


def scope_token(audience: str, language: str) -> str:
    """Return audience and language as one term, so that a reader's rights cost one lookup."""
    return f"{language} {audience}"
