"""No role finds, counts or is offered what it may not open."""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from portal.users.models import Role
from search.actions import index_changes, put_entries
from search.engines import FACETS
from search.engines.embedded import EmbeddedEngine
from search.models import SearchEntry
from search.queries import search, suggestions
from search.registry import Entry, audiences_of
from tests.people import Province

from .library import AT

ROLES = tuple(Role.values)
AUDIENCES = ("public", "authenticated", f"run:{uuid.UUID(int=1)}", *(f"role:{role}" for role in ROLES))


@pytest.fixture
def engine(tmp_path: Path, db: None) -> EmbeddedEngine:
    """Two entries for every audience: one found by its words, one by its name."""
    engine = EmbeddedEngine(tmp_path)
    entries = [
        Entry(
            key=f"{kind}:{number}", kind=kind, source_uuid=uuid.UUID(int=number), language="zh-hans",
            title=f"数据安全{kind}{number}", body="数据安全", url=f"/{number}/", audience=audience, theme=audience,
        )
        for number, audience in enumerate(AUDIENCES)
        for kind in ("policy", "lab")
    ]  # fmt: skip
    put_entries(entries, at=AT)
    index_changes(engine)
    return engine


@pytest.mark.parametrize("role", ["anonymous", *ROLES])
def test_every_way_of_finding_keeps_to_the_readers_audiences(
    role: str, engine: EmbeddedEngine, world: Province
) -> None:
    user: Any = AnonymousUser()
    if role != "anonymous":
        user = world.person(f"p.{role.replace('_', '.')}", "测试", world.department_a)
        world.grant(user, role, "province", world.province.uuid)
    held = audiences_of(user)
    allowed = list(SearchEntry.objects.filter(audience__in=held))

    for query in (
        "数据安全",
        "数据安全是什么?",
        "shujuanquan",
        "sjaq",
        *(entry.title for entry in SearchEntry.objects.all()),
    ):
        answer = search(query, user, "zh-hans", 100, engine=engine)
        audiences = set(
            SearchEntry.objects.filter(key__in=[hit.key for hit in answer.hits]).values_list("audience", flat=True)
        )
        assert audiences <= held
        assert {value.value for value in answer.facets["theme"]} <= held
        offered = {one.url for one in suggestions(query, user, "zh-hans", 100, engine=engine)}
        assert offered <= {entry.url for entry in allowed}

    answer = search("数据安全", user, "zh-hans", 100, engine=engine)
    assert answer.count == len(allowed)
    assert {v.value: v.count for v in answer.facets["kind"]} == Counter(entry.kind for entry in allowed)


def test_choosing_a_facet_opens_nothing(engine: EmbeddedEngine) -> None:
    for audience in AUDIENCES[1:]:
        for facet in FACETS:
            answer = search(
                "数据安全", None, "zh-hans", 100, chosen={facet: [audience], "theme": [audience]}, engine=engine
            )
            assert answer.hits == []
