"""What readers see of policies, and what editors do on the portal's own pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.knowledge.actions import make_link, relate_texts
from portal.knowledge.glossing import Glossing
from portal.knowledge.models import GlossaryTerm, PolicyWork, Provision, ProvisionLink, ReviewTask
from portal.knowledge.queries import Gloss
from portal.users.models import User
from tests.counting import asking, costs_the_same

from .conftest import FIRST, NOW, SECOND, Shelf, law, take_in

pytestmark = pytest.mark.django_db
PAGE = "/policies/trial-data/"


def signed_in(user: User) -> Client:
    """Return a browser in which the user has signed in."""
    client = Client()
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
    return client


def soup(client: Client, url: str) -> BeautifulSoup:
    """Return the page."""
    response = client.get(url)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def text_of(page: BeautifulSoup, anchor: str) -> str:
    """Words at an anchor."""
    found = page.find(id=anchor)
    assert found is not None
    return found.get_text(" ", strip=True)


def test_a_policy_has_a_permalink_for_every_clause_paragraph_and_title(client: Client) -> None:
    take_in()

    page = soup(client, PAGE)

    assert page.h1 is not None
    assert page.h1.get_text() == "试验省数据条例"
    assert "十个工作日" in text_of(page, "art-2-p1")
    assert [link["href"] for link in page.select(".toc a")] == ["#chap-1", "#chap-2"]
    cited = page.select_one("#art-2 .cite p")
    assert cited is not None
    assert "《试验省数据条例》（试人常〔2023〕8号，2023年1月1日文本）第二条" in cited.get_text()


def test_the_text_of_a_day_and_the_way_to_the_one_that_holds(client: Client) -> None:
    take_in()
    take_in(SECOND, "2024-06-01")

    assert "五个工作日" in text_of(soup(client, PAGE), "art-2")
    old = soup(client, f"{PAGE}?at=2024-05-31")

    assert "十个工作日" in text_of(old, "art-2")
    notice = old.select_one(".notice-warning")
    assert notice is not None
    assert "这不是现行文本" in notice.get_text()
    assert "五个工作日" in text_of(soup(client, f"{PAGE}?at=nonsense"), "art-2")
    assert client.get(f"{PAGE}?text=nonsense").status_code == 200


def test_a_text_that_is_coming_is_announced_with_its_day(client: Client) -> None:
    take_in()
    take_in(SECOND, "2999-01-01")

    page = soup(client, PAGE)

    assert "十个工作日" in text_of(page, "art-2")
    assert "2999年1月1日" in page.select(".notice")[0].get_text()


def test_a_repealed_policy_keeps_its_page_as_a_tombstone(client: Client) -> None:
    take_in()
    text = "# 试验省数据促进条例\n\n第一条　甲。\n\n第二条　本条例自2025年1月1日起施行。《试验省数据条例》同时废止。"
    outcome = take_in(text, "2025-01-01", "trial-new", "new.md")
    assert outcome.expression is not None
    relate_texts(expressions=[outcome.expression.pk], at=NOW)

    notice = soup(client, PAGE).select_one(".notice-danger")

    assert notice is not None
    assert "2025年1月1日废止" in notice.get_text()
    assert notice.a is not None
    assert notice.a["href"] == "/policies/trial-new/"


def test_two_texts_stand_side_by_side_clause_by_clause(client: Client) -> None:
    take_in()
    take_in(SECOND, "2024-06-01")

    page = soup(client, f"{PAGE}compare/")

    kinds = [section["class"][1] for section in page.select(".change")]
    assert kinds == ["change-changed", "change-added", "change-moved", "change-moved"]
    assert (page.select(".change del")[0].get_text(), page.select(".change ins")[0].get_text()) == ("十", "五")
    assert len(soup(client, f"{PAGE}compare/?all=1").select(".change")) == 5
    history = soup(client, f"{PAGE}history/")
    assert len(history.select(".timeline > li")) == 2


def test_a_policy_without_another_text_has_nothing_to_compare(client: Client) -> None:
    take_in()

    assert client.get(f"{PAGE}compare/").status_code == 404
    assert client.get("/policies/nowhere/").status_code == 404


def test_a_draft_is_for_those_who_look_after_policies(client: Client, official: User, editor: User) -> None:
    take_in()
    PolicyWork.objects.update(live=False)

    assert client.get(PAGE).status_code == 404
    assert signed_in(official).get(PAGE).status_code == 404
    assert "草稿" in signed_in(editor).get(PAGE).content.decode()
    assert "试验省" not in client.get("/policies/").content.decode()


def test_the_list_is_narrowed_and_costs_the_same_for_one_and_for_many(client: Client) -> None:
    take_in()

    def grow() -> None:
        for number in range(15):
            take_in(FIRST.replace("试验省", f"试验{number}省"), code=f"trial-{number}", name=f"{number}.md")

    costs_the_same(asking(client, "/policies/"), row="<article", grow=grow, most=6)

    assert len(soup(client, "/policies/").select("article.card")) == 16
    assert len(soup(client, "/policies/?text=试验7").select("article.card")) == 1
    assert (
        len(
            soup(client, "/policies/?text=试人常〔2023〕8号&level=地方性法规&region=610000&status=in_force").select(
                "article.card"
            )
        )
        == 16
    )
    assert client.get("/policies/?level=nonsense&year=x&page=100000").status_code == 200
    assert soup(client, "/policies/?status=repealed").select_one(".empty") is not None


def test_a_long_policy_costs_as_many_queries_as_a_short_one(client: Client, shelf: Shelf) -> None:
    def policy(code: str, title: str, last: int, links: int) -> None:
        clauses = "\n\n".join(f"第{number}条　甲{number}。\n乙。" for number in range(1, last))
        take_in(f"# {title}\n\n{clauses}", code=code, name=f"{code}.md")
        for row in Provision.objects.filter(is_clause=True, expression__work__code=code)[:links]:
            make_link(provision=row, target=shelf.item(), by=None, at=NOW)

    policy("trial-city", "试验市数据条例", last=4, links=1)
    policy("trial-data", "试验省数据条例", last=120, links=20)
    address = "/policies/trial-city/"

    def turn_to_the_long_one() -> None:
        nonlocal address
        address = PAGE

    costs_the_same(lambda: client.get(address), row="甲", grow=turn_to_the_long_one, most=8)

    page = soup(client, PAGE)
    assert len(page.select(".clause")) == 119
    assert len(page.select(".clause .learn li")) == 20


def test_terms_are_explained_once_and_only_in_running_text(client: Client) -> None:
    take_in()
    GlossaryTerm.objects.create(term="去标识化", definition="a <b> & c", source="某标准")

    page = soup(client, PAGE)

    assert len(page.select("dfn.term")) == 1
    link = page.select_one("dfn.term a")
    assert link is not None
    meaning = page.find(id=link["aria-describedby"])
    assert meaning is not None
    assert "a <b> & c" in meaning.get_text()
    assert "去标识化" in soup(client, "/policies/glossary/").get_text()


def test_marking_terms_leaves_the_page_as_it_was() -> None:
    terms = [
        Gloss("数据", "", "m", "s", "t1", "/t1"),
        Gloss("数据共享", "", "m", "s", "t2", "/t2"),
        Gloss("AI", "", "m", "s", "t3", "/t3"),
    ]
    html = '<h2>数据</h2><p title="数据">数据共享和<a href="/数据">数据</a>、<code>数据</code>，FAIR，数据 &lt;数据&gt; ai</p>'

    marked = str(Glossing(terms).mark(html))

    bare = re.sub(r'<span class="term-meaning".*?</span>', "", marked)
    bare = re.sub(r'</?dfn[^>]*>|<a href="/t\d"[^>]*>', "", bare).replace("数据共享</a>", "数据共享", 1)
    assert bare.replace("，FAIR，数据</a>", "，FAIR，数据").replace("ai</a>", "ai") == html
    assert marked.count("<dfn") == 3


def upload(client: Client, content: bytes, name: str = "law.md", **fields: str) -> BeautifulSoup:
    """Send the import's form and follow where it leads."""
    response = client.post("/policies/import/", {"file": SimpleUploadedFile(name, content), **fields}, follow=True)
    assert response.status_code in (200, 422)
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize(("content", "status"), [(law(), 200), (b"", 422), (b"%PDF-1.4", 422)])
def test_a_look_succeeds_where_the_text_could_be_taken_in(
    editor: User, shelf: Shelf, content: bytes, status: int
) -> None:
    file = SimpleUploadedFile("law.md", content)

    response = signed_in(editor).post("/policies/import/", {"file": file, "look": "1"})

    assert response.status_code == status


def test_an_editor_looks_first_and_then_takes_a_text_in(editor: User, shelf: Shelf) -> None:
    client = signed_in(editor)
    look = upload(client, law(), look="1")
    assert "新政策" in look.get_text()
    assert not PolicyWork.objects.exists()

    upload(client, law(), take="1")

    work = PolicyWork.objects.get()
    assert work.expressions.get().imported_by == editor
    make_link(provision=Provision.objects.get(eid="art-2"), target=shelf.item(), by=editor, at=NOW)
    again = upload(
        client, law(SECOND, "2024-06-01", "other").replace(b"code: other\n", b""), take="1", work="trial-data"
    )
    assert "有 1 项内容的政策依据发生变化" in again.get_text()
    assert work.expressions.count() == 2


@pytest.mark.parametrize(("name", "content", "said"), [
    ("a.docx", b"PK no", "DOCX 文件已损坏"),
    ("a.pdf", b"%PDF", "这是 PDF 文件"),
    ("a.md", "条例\n\n第一条　".encode() + "长".encode() * 200_000, "第一条超过 100,000 字"),
])  # fmt: skip
def test_a_bad_file_is_answered_with_its_reason(editor: User, name: str, content: bytes, said: str) -> None:
    page = upload(signed_in(editor), content, name, take="1")

    assert said in page.get_text()
    assert not PolicyWork.objects.exists()


def test_a_review_belongs_to_owners_and_editors(
    shelf: Shelf, staff: Callable[[str], User], editor: User, official: User
) -> None:
    owner, other = staff("instructor"), staff("lab_author")
    shelf.owner_ids = (owner.pk,)
    take_in()
    make_link(provision=Provision.objects.get(eid="art-2"), target=shelf.item(), by=None, at=NOW)
    take_in(SECOND, "2024-06-01")
    url = f"/policies/reviews/{ReviewTask.objects.get().uuid}/"

    assert signed_in(other).get(url).status_code == 404
    assert signed_in(official).get(url).status_code == 403
    assert signed_in(editor).get(url).status_code == 200
    client = signed_in(owner)
    assert "<del>十</del><ins>五</ins>" in client.get(url).content.decode()
    wrong = client.post(url, {"decision": "requoted", "quote": "没有的话"})
    assert wrong.status_code == 422
    response = client.post(url, {"decision": "kept", "note": "仍然正确"})

    assert response.status_code == 302
    assert ProvisionLink.objects.get().is_stale is False
    listed = soup(client, "/policies/reviews/").get_text()
    assert "内容仍然正确" in listed
    assert ReviewTask.objects.get().decided_by == owner
    assert date(2024, 6, 1) == PolicyWork.objects.get().expressions.in_order().last().effective_date  # type: ignore[union-attr]
