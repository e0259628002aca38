"""The demo content held to the judgements that were authored for it. They are checks of ours, not people's judgements."""

from __future__ import annotations

import gc
import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

import search
from courses.catalog import demo
from portal.knowledge import demo as knowledge
from portal.users.models import User
from search import indexing
from search.actions import rebuild_index, refresh_entries
from search.engines.embedded import EmbeddedEngine
from tests.courses.conftest import NOW, plant_roots
from tests.people import Province

JUDGEMENTS = Path(search.__file__).parent / "judgements" / "demo.jsonl"
FLOORS = {"ndcg@10": 0.9, "recall@10": 0.98, "mrr@10": 0.88, "success@1": 0.8}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Wagtail leaves a rendition's buffer open
def test_the_demo_content_is_found(
    world: Province, official: User, technician: User, outsider: User, instructor: User, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    plant_roots()
    demo.seed(at=NOW, paths=settings.PATHS)
    knowledge.seed(at=NOW)
    refresh_entries(at=NOW)
    engine = EmbeddedEngine(tmp_path)
    rebuild_index(engine)
    monkeypatch.setattr(indexing, "installed_engine", lambda name=None: engine)

    out = StringIO()
    call_command("search_eval", str(JUDGEMENTS), stdout=out)
    found = json.loads(out.getvalue())

    assert {name: found[name]["mean"] for name, floor in FLOORS.items() if found[name]["mean"] < floor} == {}
    gc.collect()


def test_a_set_that_cannot_be_read_is_refused_with_the_place(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"qid": 1}\n', encoding="utf-8")

    with pytest.raises(CommandError, match="line 1") as refusal:
        call_command("search_eval", str(broken))
    assert refusal.value.returncode == 2
