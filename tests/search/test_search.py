"""Searching: rights, Chinese, the outbox, bad input."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from portal.users.models import User
from search import registry
from search.actions import drop_entry, index_changes, put_entries, rebuild_index
from search.checks import search_url_is_an_address
from search.engines import IndexBusy
from search.engines.embedded import EmbeddedEngine
from search.locks import Lock, held
from search.models import IndexChange, SearchEntry
from search.queries import Answer, AnswerProblem, search
from search.registry import Entry
from tests.counting import asking, costs_the_same

AT = datetime(2026, 3, 2, tzinfo=UTC)
RUN = f"run:{uuid.UUID(int=7)}"


@pytest.fixture
def engine(tmp_path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(tmp_path)


@pytest.fixture
def audiences(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Tokens by login name, given out by the only registered provider."""
    held: dict[str, list[str]] = {}
    monkeypatch.setattr(registry, "_audiences", {"test": lambda user: held.get(user.username, [])})
    return held


def put(title: str, body: str = "", kind: str = "course", audience: str = "public", language: str = "zh-hans") -> str:
    source = uuid.uuid4()
    key = f"{kind}:{source}:{language}"
    put_entries([Entry(key, kind, source, language, title, body, f"/{kind}/{source}/", audience)], at=AT)
    return key


def titles(answer: Answer) -> list[str]:
    return [hit.title for hit in answer.hits]


def find(engine: EmbeddedEngine, text: str, user: object = None, **options: object) -> Answer:
    return search(text, user, "zh-hans", engine=engine, **options)  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.django_db
def test_chinese_words_are_found_inside_a_sentence(engine: EmbeddedEngine) -> None:
    put("关于加快推进全省新型智慧城市建设的指导意见")
    put("停车诱导实训", "用真实停车场数据找出应当引导车辆前往的停车场。", kind="lab")
    index_changes(engine)

    assert titles(find(engine, "智慧城市")) == ["关于加快推进全省新型智慧城市建设的指导意见"]
    assert titles(find(engine, "停车场数据")) == ["停车诱导实训"]


@pytest.mark.django_db
def test_a_title_ranks_above_a_text_that_mentions_it(engine: EmbeddedEngine) -> None:
    put("城市运行", "本课也提到数据要素一次。")
    put("数据要素", "导论")
    index_changes(engine)

    assert titles(find(engine, "数据要素")) == ["数据要素", "城市运行"]


@pytest.mark.django_db
def test_strict_matches_are_not_diluted_but_nothing_found_relaxes(engine: EmbeddedEngine) -> None:
    put("智慧城市治理")
    put("城市数据分析")
    index_changes(engine)

    strict, relaxed = find(engine, "智慧城市"), find(engine, "城市数据分析课程")

    assert (strict.count, strict.is_relaxed) == (1, False)
    assert (titles(relaxed), relaxed.is_relaxed) == (["城市数据分析"], True)


@pytest.mark.django_db
def test_a_reader_finds_only_what_the_reader_may_see(
    engine: EmbeddedEngine, audiences: dict[str, list[str]], official: User, outsider: User
) -> None:
    put("公开课程数据")
    put("登录可见的数据", audience="authenticated")
    put("班次内的数据", audience=RUN)
    index_changes(engine)
    audiences["li.wei"] = [RUN]

    assert find(engine, "数据").count == 1
    assert find(engine, "数据", AnonymousUser()).count == 1
    assert set(titles(find(engine, "数据", outsider))) == {"公开课程数据", "登录可见的数据"}
    assert find(engine, "数据", official).count == 3
    assert find(engine, "数据", official).kinds[0].count == 3


@pytest.mark.django_db
def test_a_right_that_was_taken_away_counts_before_the_index_knows(engine: EmbeddedEngine) -> None:
    key = put("公开课程")
    index_changes(engine)

    SearchEntry.objects.filter(key=key).update(audience=RUN)

    assert find(engine, "公开课程").hits == []


@pytest.mark.django_db
def test_languages_are_kept_apart(engine: EmbeddedEngine) -> None:
    put("Smart city 智慧城市", language="en")
    put("智慧城市")
    index_changes(engine)

    assert titles(find(engine, "智慧城市")) == ["智慧城市"]
    assert titles(search("smart", None, "en", engine=engine)) == ["Smart city 智慧城市"]


@pytest.mark.django_db
def test_the_index_follows_changes_and_removals(engine: EmbeddedEngine) -> None:
    key = put("旧标题")
    index_changes(engine)
    entry = SearchEntry.objects.get()

    put_entries([Entry(key, "course", entry.source_uuid, "zh-hans", "新名称", "", "/")], at=AT)
    index_changes(engine)
    assert (find(engine, "旧标题").count, find(engine, "新名称").count) == (0, 1)

    drop_entry(key=key)
    index_changes(engine)
    assert find(engine, "新名称").count == 0
    assert not IndexChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_never_found(engine: EmbeddedEngine) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put("不会发生")
        raise RuntimeError

    index_changes(engine)

    assert find(engine, "不会发生").count == 0


@pytest.mark.django_db
def test_killed_between_index_and_outbox_it_does_the_same_again(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("最初的条目")
    index_changes(engine)
    put("停车诱导")
    apply = engine.apply

    def killed(*args: object) -> None:
        apply(*args)  # type: ignore[arg-type]  # passed through
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "apply", killed)
    with pytest.raises(KeyboardInterrupt):
        index_changes(engine)
    monkeypatch.undo()
    assert index_changes(engine) == 1
    assert find(engine, "停车诱导").count == 1


@pytest.mark.django_db
def test_a_rebuild_replaces_the_index_under_open_readers(engine: EmbeddedEngine, tmp_path: Path) -> None:
    put("第一课")
    index_changes(engine)
    reader = EmbeddedEngine(tmp_path)
    assert find(reader, "第一课").count == 1
    put("第二课")

    assert rebuild_index(engine) == 2

    assert find(reader, "第二课").count == 1
    assert len([folder for folder in tmp_path.iterdir() if folder.is_dir()]) == 1
    with held(Lock.REBUILD), pytest.raises(IndexBusy):
        rebuild_index(EmbeddedEngine(tmp_path))


@pytest.mark.django_db
def test_without_an_index_the_answer_says_so(engine: EmbeddedEngine) -> None:
    assert find(engine, "智慧城市").problem == AnswerProblem.NOT_BUILT


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', "'; DROP TABLE", "a" * 10_000, "智" * 10_000, "\x00智慧\x00", "😀", "()*+-~^:\\/[]{}", "AND OR NOT", "title:x", "%", "\u202e", "\ud83d"],
)  # fmt: skip
@pytest.mark.django_db
def test_no_input_breaks_the_search(engine: EmbeddedEngine, text: str) -> None:
    put("智慧城市")
    index_changes(engine)

    answer = find(engine, text)

    assert len(answer.query) <= 100


@pytest.mark.django_db
def test_the_page_answers_bad_input_and_marks_hits(
    client: Client, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.indexing.installed_engine", lambda name=None: engine)
    put("智慧城市<script>治理", "讲述智慧城市。")
    index_changes(engine)

    page = client.get("/search/", {"q": "智慧城市"})
    assert "<mark>智慧城市</mark>&lt;script&gt;治理" in page.content.decode()
    for text in ("\x00", "智" * 10_000, '"', "没有这样的词语"):
        assert client.get("/search/", {"q": text, "page": "9" * 50, "kind": "x"}).status_code == 200


@pytest.mark.django_db
def test_the_page_costs_the_same_for_one_hit_and_for_many(
    client: Client, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.indexing.installed_engine", lambda name=None: engine)

    def grow(numbers: Iterable[int] = range(1, 15)) -> None:
        for number in numbers:
            put(f"智慧城市第{number}课", kind="lesson")
        index_changes(engine)

    grow(range(1))

    costs_the_same(asking(client, "/search/", q="智慧城市"), row="data-hit=", grow=grow, most=7)


@pytest.mark.django_db
def test_the_command_answers_in_json_with_a_persons_rights(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, official: User
) -> None:
    monkeypatch.setattr("search.indexing.installed_engine", lambda name=None: engine)
    put("智慧城市", audience="authenticated")
    index_changes(engine)
    batch = tmp_path / "queries.txt"
    batch.write_text("智慧城市\n\n\x00\u2028智慧\n", encoding="utf-8")

    out = StringIO()
    call_command("search", "智慧城市", username="LI.WEI", stdout=out)
    document = json.loads(out.getvalue())
    assert (document["count"], document["hits"][0]["title"]) == (1, "智慧城市")

    out = StringIO()
    call_command("search", batch=str(batch), stdout=out)
    assert [json.loads(line)["count"] for line in out.getvalue().splitlines()] == [0, 0, 0]

    with pytest.raises(CommandError):
        call_command("search", "x", username="nobody", stdout=out)


@pytest.mark.parametrize(
    ("url", "problems"), [("elastic:9200", ["search.E001"]), ("http://elastic:9200", []), ("", [])]
)
def test_an_address_that_is_none_stops_the_start(settings: object, url: str, problems: list[str]) -> None:
    settings.PATHS = replace(settings.PATHS, search_url=url)  # type: ignore[attr-defined]  # pytest-django

    assert [problem.id for problem in search_url_is_an_address(None)] == problems
