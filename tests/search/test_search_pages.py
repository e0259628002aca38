"""The search page: facets, groups, suggestions, saved searches with their weekly notice, traces, Wagtail's own search."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from portal.notifications.models import Notice
from portal.notifications.searches import look
from portal.users.models import User
from search import budget
from search.actions import index_changes, put_entries, rebuild_index, record_trace, save_search
from search.indexing import installed_engine
from search.models import SavedSearch, SearchTrace
from search.narrowing import address_of, chosen_in, without
from search.registry import Entry
from tests.counting import asking, costs_the_same

NOW = timezone.now


def put(title: str, *, kind: str = "policy", **rest: object) -> str:
    source = uuid.uuid4()
    key = f"{kind}:{source}:zh-hans"
    said: dict[str, Any] = {"body": "", **rest}
    put_entries([Entry(key, kind, source, "zh-hans", title, url=f"/x/{source}/", **said)], at=NOW())
    return key


@pytest.fixture(autouse=True)
def empty_index(db: None) -> None:
    """Empty the index of what other tests rolled back, and the budgets, which live in the cache."""
    cache.clear()
    rebuild_index(installed_engine())


@pytest.fixture
def policies(empty_index: None) -> dict[str, str]:
    """Return a law with two clauses, a local rule, a course."""
    law = put("数据共享条例", level="行政法规", status="in_force")
    keys = {
        "law": law,
        "clause": put("第三条", kind="clause", body="部门之间应当共享数据。", parent_key=law, parent_title="数据共享条例",
                      anchor="art-3", level="行政法规", status="in_force", path="第一章 总则"),
        "local": put("某省数据共享办法", level="地方性法规", status="amended"),
        "course": put("数据共享入门", kind="course"),
    }  # fmt: skip
    index_changes(installed_engine())
    return keys


def soup(client: Client, query: str) -> BeautifulSoup:
    response = client.get(f"/search/?{query}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_facets_narrow_and_can_be_taken_away(client: Client, policies: dict[str, str]) -> None:
    page = soup(client, "q=数据共享&level=行政法规&level=地方性法规")

    hits = {link["data-hit"] for link in page.select("a[data-hit]")}
    assert hits == {policies["law"], policies["clause"], policies["local"]}
    assert len(page.select("input[name=level][checked]")) == 2
    away = [link["href"] for link in page.select("a.tag")]
    assert len(away) == 2
    assert {link["data-hit"] for link in soup(client, away[0].lstrip("?")).select("a[data-hit]")} < hits


def test_clauses_stand_under_their_policy_and_say_what_no_longer_holds(
    client: Client, policies: dict[str, str]
) -> None:
    page = soup(client, "q=数据共享")

    section = page.select_one("section")
    assert section is not None
    assert [link["data-hit"] for link in section.select("a[data-hit]")] == [policies["law"], policies["clause"]]
    assert page.select_one(f'article:has(a[data-hit="{policies["local"]}"]) .tag') is not None


def test_the_page_asks_as_often_for_many_policies_as_for_few(client: Client, policies: dict[str, str]) -> None:
    def grow() -> None:
        for number in range(10):
            law = put(f"第{number}市数据共享条例", level="行政法规", status="in_force")
            put(
                f"第{number}条",
                kind="clause",
                body="部门之间应当共享数据。",
                parent_key=law,
                parent_title="数据共享条例",
            )
        index_changes(installed_engine())

    costs_the_same(asking(client, "/search/", q="数据共享"), row="data-hit=", grow=grow, most=12)


@pytest.mark.parametrize(
    "query", ["q=数据&page=99999", "q=数据&kind=%00", "q=" + "长" * 5000, "q=%22*()", "q=&level=x"]
)
def test_strange_addresses_get_a_page(client: Client, policies: dict[str, str], query: str) -> None:
    assert client.get(f"/search/?{query}").status_code == 200


def test_suggestions_are_titles_that_the_reader_may_open(client: Client, policies: dict[str, str]) -> None:
    put("数据共享内部稿", audience="role:hr")
    index_changes(installed_engine())

    found = client.get("/search/suggest/?q=数据共").json()["suggestions"]

    titles = [item["title"] for item in found]
    assert "数据共享条例" in titles
    assert "数据共享内部稿" not in titles


def test_opened_hit_leaves_a_trace_without_a_person(official: User, client: Client, policies: dict[str, str]) -> None:
    client.force_login(official)
    sent = {"q": "13812345678 数据", "intent": "keyword", "count": "3", "key": policies["law"], "rank": "1"}

    assert client.post("/search/opened/", sent).status_code == 204

    trace = SearchTrace.objects.get()
    assert (trace.clicked_key, trace.clicked_rank) == (policies["law"], 1)
    assert "138" not in trace.query
    assert not {field.name for field in SearchTrace._meta.fields} & {"user", "session", "address"}


def test_trace_of_an_unknown_entry_is_no_click(db: None) -> None:
    record_trace(
        query="数据",
        language="zh-hans",
        intent="keyword",
        count=1,
        on=timezone.localdate(),
        clicked_key="x",
        clicked_rank=1,
    )

    assert SearchTrace.objects.get().clicked_rank is None


def test_nothing_found_is_kept_for_the_staff(client: Client, policies: dict[str, str]) -> None:
    client.get("/search/?q=量子纠缠")

    assert SearchTrace.objects.get().count == 0


def test_one_address_leaves_few_traces_and_keeps_searching(policies: dict[str, str]) -> None:
    sent = [{"q": f"数据 {number}", "count": "3", "key": policies["law"], "rank": "1"} for number in range(100)]
    most = budget.PER_ASKER[0][0]

    opened = {Client().post("/search/opened/", form).status_code for form in sent}
    searched = {Client().get(f"/search/?q=量子{number}").status_code for number in range(5)}
    there = SearchTrace.objects.count()
    Client(REMOTE_ADDR="198.51.100.7").post("/search/opened/", sent[99])

    assert (opened, searched) == ({204}, {200})
    assert there == most
    assert SearchTrace.objects.count() == most + 1


def test_searches_without_a_hit_have_the_same_budget(policies: dict[str, str]) -> None:
    for number in range(budget.PER_ASKER[0][0] + 10):
        Client().get(
            "/search/", {"q": f"量子纠缠{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'子丑寅卯辰巳午未'[number // 10]}"}
        )

    assert SearchTrace.objects.count() == budget.PER_ASKER[0][0]


def test_the_same_search_again_is_one_trace(policies: dict[str, str]) -> None:
    for _ in range(5):
        Client().get("/search/?q=量子纠缠")

    assert SearchTrace.objects.count() == 1


def test_readers_of_one_address_have_budgets_of_their_own(
    official: User, technician: User, policies: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "PER_ASKER", ((2, 600),))
    for user in (official, technician):
        client = Client()
        client.force_login(user)
        for number in range(4):
            client.post("/search/opened/", {"q": f"数据 {number}", "key": policies["law"], "rank": "1"})

    assert SearchTrace.objects.count() == 4


def test_saved_search_tells_once_of_what_is_new(official: User, client: Client, policies: dict[str, str]) -> None:
    client.force_login(official)
    client.post("/search/saved/add/", {"q": "数据共享", "kind": "course"})
    client.post("/search/saved/add/", {"q": "数据共享", "kind": "course"})
    assert SavedSearch.objects.count() == 1

    look(NOW())
    assert not Notice.objects.filter(kind="search.found").exists()
    put("数据共享进阶", kind="course")
    put("数据共享另一办法")
    index_changes(installed_engine())
    look(NOW() + timedelta(days=7))
    look(NOW() + timedelta(days=14))

    notice = Notice.objects.get(kind="search.found")
    assert notice.user == official
    assert notice.params["count"] == 1
    assert "数据共享" in notice.sentence
    page = BeautifulSoup(client.get("/search/saved/").content, "html.parser")
    assert page.select_one("a[href*='kind=course']") is not None


def test_nobody_touches_another_readers_search(
    official: User, technician: User, client: Client, policies: dict[str, str]
) -> None:
    saved = save_search(query="数据", chosen={}, language="zh-hans", by=official, at=NOW())
    client.force_login(technician)

    client.post(f"/search/saved/{saved.uuid}/delete/")
    assert client.post(f"/search/saved/{saved.uuid}/digest/", {"on": "0"}).status_code == 404

    saved.refresh_from_db()
    assert saved.has_digest


def test_narrowing_round_trips_through_the_address() -> None:
    from django.http import QueryDict

    chosen = {"kind": ["policy", "clause"], "level": ["法律"]}

    assert chosen_in(QueryDict(address_of("问 & 答", chosen))) == chosen
    assert without(chosen, "level", "法律") == {"kind": ["policy", "clause"]}


@pytest.mark.parametrize(("query", "is_found"), [
    ("智慧城市", True), ("城市建设", True), ("五G基站", False), ("指导", True), ('"', False), ("意见 *", True), ("量子", False),
])  # fmt: skip
def test_editors_find_pages_in_chinese(db: None, query: str, is_found: bool) -> None:
    root = (
        Page.objects.get(depth=2) if Page.objects.filter(depth=2).count() == 1 else Page.objects.filter(depth=2).first()
    )
    assert root is not None
    page = root.add_child(title="关于加快推进全省新型智慧城市建设的指导意见", slug="opinion")
    backend = get_search_backend()
    backend.add(page)

    found = list(backend.search(query, Page.objects.all()))
    typed = list(backend.autocomplete(query[:3], Page.objects.all()))

    assert (page.pk in [hit.pk for hit in found]) is is_found
    assert not is_found or page.pk in [hit.pk for hit in typed]
