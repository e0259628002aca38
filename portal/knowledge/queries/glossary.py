"""Terms in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from portal.knowledge.models import GlossaryTerm


@dataclass(frozen=True)
class Gloss:
    """A term as a reader of one language sees it."""

    term: str
    other: str
    definition: str
    source: str
    anchor: str
    url: str


def glossary(language: str) -> list[Gloss]:
    """Return published terms explained in the language, in its order; one query."""
    rows = GlossaryTerm.objects.filter(live=True).order_by("term_en" if language == "en" else "term", "pk")
    found = []
    for row in rows:
        is_english = language == "en"
        term, meaning = (row.term_en, row.definition_en) if is_english else (row.term, row.definition)
        if term and meaning:
            other = row.term if is_english else row.term_en
            found.append(Gloss(term, other, meaning, row.source, row.anchor, row.get_absolute_url()))
    return found
