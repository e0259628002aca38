"""What a reader chose to narrow a search by, as it stands in an address."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import QueryDict
from django.utils.http import urlencode

from search.engines import FACETS

MOST_VALUES = 20
LONGEST_VALUE = 80

Chosen = Mapping[str, Collection[str]]


def chosen_in(parameters: QueryDict) -> dict[str, list[str]]:
    """Return the values chosen per facet; anything that cannot be one is left out."""
    found: dict[str, list[str]] = {}
    for facet in FACETS:
        values = [value for value in parameters.getlist(facet)[:MOST_VALUES] if _is_value(value)]
        if values:
            found[facet] = list(dict.fromkeys(values))
    return found


def address_of(query: str, chosen: Chosen) -> str:
    """Return the part of an address after the question mark that asks for this."""
    return urlencode([("q", query), *((facet, value) for facet in FACETS for value in chosen.get(facet, ()))])


def without(chosen: Chosen, facet: str, value: str) -> dict[str, list[str]]:
    """Return the same choice less one value."""
    return {
        name: left
        for name, values in chosen.items()
        if (left := [held for held in values if (name, held) != (facet, value)])
    }


def _is_value(value: str) -> bool:
    return bool(value) and len(value) <= LONGEST_VALUE and value.isprintable()
