"""Notices, queued work, entries of the search, receivers of data and whatever else has codes: people read their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.utils.translation import override

from labs.datasets import receivers
from portal.exports import registry as exports
from portal.knowledge import registry as knowledge
from portal.notifications import registry as notices
from portal.queue import registry as queue
from portal.users import scopes
from search.kinds import FACET_NAMES, KIND_LABELS, LEVEL_LABELS, STATUS_LABELS
from search.weights import KINDS as WEIGHED

from .handed_over import Codes

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMPUTED = {
    "users.role_": ["granted", "revoked", "ended", "moved", "term_changed"],
    "organizations.post_": ["assigned", "corrected", "cancelled", "taken_back"],
    "organizations.transfer_": ["accepted", "refused", "withdrawn", "expired", "undone"],
}
"""Kinds of notices that are put together when they are sent, by what they begin with."""
FORMER = {"organizations.transferred"}
"""Kinds of notices that people still have and that nobody sends any more."""
NO_NOTICE = ""
WEIGHED_BY_LEVEL = {"policy", "clause"}

NAMED: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "notice": lambda: notices._templates,
    "kind of work": lambda: {code: kind.label for code, kind in queue._kinds.items()},
    "kind of receiver": lambda: {code: kind.label for code, kind in receivers._kinds.items()},
    "kind of item that rests on clauses": lambda: {code: kind.label for code, kind in knowledge._kinds.items()},
    "kind of scope": lambda: {code: resolver.name for code, resolver in scopes._resolvers.items()},
    "export": lambda: {code: kind.title for code, kind in exports._kinds.items()},
    "kind of entry": lambda: KIND_LABELS,
    "level of an entry": lambda: LEVEL_LABELS,
    "state of an entry": lambda: STATUS_LABELS,
    "facet": lambda: FACET_NAMES,
}


@pytest.mark.parametrize("what", NAMED)
def test_whatever_has_a_code_has_a_name_in_both_languages(what: str) -> None:
    named = NAMED[what]()
    with override("en"):
        coded = [
            code for code, name in named.items() if not str(name) or str(name) == code or CHINESE.search(str(name))
        ]
    with override("zh-hans"):
        english = [code for code, name in named.items() if not CHINESE.search(str(name))]

    assert named
    assert not coded
    assert not english


def test_every_notice_that_is_sent_has_a_sentence_and_every_sentence_is_sent() -> None:
    sent = Codes(COMPUTED).collect("notify", "kind").collect("renew_notice", "kind")

    assert not sent.unresolved
    assert set(sent.found) - {NO_NOTICE} | FORMER == set(notices._templates)


def test_every_kind_of_entry_has_a_name_and_a_weight() -> None:
    put = Codes({}).collect("Entry", "kind", 1).collect("Finding", "kind", 0, files="wiring.py")

    assert put.unresolved == {"portal/pages/findable.py"}  # from the Finding of a page
    assert set(put.found) == set(KIND_LABELS)
    assert set(WEIGHED) | WEIGHED_BY_LEVEL == set(KIND_LABELS)
