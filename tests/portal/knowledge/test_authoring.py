"""Editors' screens: drafts, the workflow, links by the chooser of clauses."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import WorkflowState

from portal.knowledge.models import GlossaryTerm, PolicyTheme, PolicyWork, Provision, ProvisionLink
from portal.users.models import User
from search.models import SearchEntry

from .conftest import Shelf, take_in
from .test_pages import signed_in

pytestmark = pytest.mark.django_db
TERM = {
    "term": "数据要素",
    "term_en": "data factor",
    "definition": "投入生产的数据",
    "definition_en": "",
    "source": "某意见",
}


@pytest.fixture
def desk(editor: User) -> Client:
    """Return the editor on the editors' screens."""
    client = signed_in(editor)
    assert client.get("/admin/").status_code == 200
    return client


def test_a_term_is_a_draft_until_it_is_let_out(desk: Client, client: Client) -> None:
    add = reverse("wagtailsnippets_knowledge_glossaryterm:add")
    assert desk.post(add, TERM).status_code == 302
    term = GlossaryTerm.objects.get()
    assert (term.live, SearchEntry.objects.filter(kind="term").exists()) == (False, False)
    assert "数据要素" not in client.get("/policies/glossary/").content.decode()

    edit = reverse("wagtailsnippets_knowledge_glossaryterm:edit", args=[term.pk])
    desk.post(edit, {**TERM, "action-submit": "1"})
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS
    desk.post(edit, {**TERM, "action-publish": "1"})

    term.refresh_from_db()
    assert term.live
    assert SearchEntry.objects.get(kind="term").title == "数据要素"
    assert "投入生产的数据" in client.get("/policies/glossary/").content.decode()


def test_an_editor_corrects_a_policy_and_the_search_follows(desk: Client) -> None:
    take_in()
    work = PolicyWork.objects.get()
    theme = PolicyTheme.objects.get(code="数据资源体系")
    edit = reverse("wagtailsnippets_knowledge_policywork:edit", args=[work.pk])
    assert desk.get(edit).status_code == 200
    fields = {
        "title": work.title, "aliases": "数据条例", "code": "another-code", "number": work.number, "issuer": "试验省人大",
        "level": work.level, "region": "610000", "status": "repealed", "theme": theme.pk, "repealed_date": "2025-01-01",
        "issued_date": "", "effective_date": "2023-01-01", "source_url": "", "action-publish": "1",
    }  # fmt: skip

    response = desk.post(edit, fields)

    work.refresh_from_db()
    assert response.status_code == 302
    assert (work.code, work.theme, work.status, work.aliases) == ("trial-data", theme, "repealed", "数据条例")
    assert set(SearchEntry.objects.values_list("status", "theme", "aliases")) == {("repealed", theme.code, "数据条例")}


def test_a_policy_without_text_is_cited_by_its_number(desk: Client, client: Client) -> None:
    fields = {
        "title": "智慧城市 术语", "code": "gbt-37043", "number": "GB/T 37043-2018", "level": "标准", "region": "", "aliases": "",
        "issuer": "", "status": "in_force", "theme": "", "issued_date": "", "effective_date": "", "repealed_date": "",
        "source_url": "", "action-publish": "1",
    }  # fmt: skip

    desk.post(reverse("wagtailsnippets_knowledge_policywork:add"), fields)

    assert "仅按文号引用" in client.get("/policies/gbt-37043/").content.decode()
    assert SearchEntry.objects.get().number == "GB/T 37043-2018"
    for code in ("reviews", "import", "glossary"):
        desk.post(reverse("wagtailsnippets_knowledge_policywork:add"), {**fields, "code": code})
    assert PolicyWork.objects.count() == 1


def test_a_clause_is_chosen_by_policy_and_number_and_linked(desk: Client, shelf: Shelf) -> None:
    take_in()
    item = shelf.item()
    clause = Provision.objects.get(eid="art-2")
    found = desk.get(reverse("choose_clause:choose_results"), {"q": "《试验省数据条例》 第二条"}).content.decode()
    assert f"/{clause.pk}/" in found
    assert f"/{Provision.objects.get(eid='art-3').pk}/" not in found
    by_words = desk.get(reverse("choose_clause:choose_results"), {"q": "去标识化"}).content.decode()
    assert f"/{Provision.objects.get(eid='art-3').pk}/" in by_words
    add = reverse("clause_link:add")
    wrong = desk.post(add, {"provision": clause.pk, "target": f"thing:{item.uuid}:", "quote": "没有"})
    assert "条款中没有这些文字" in wrong.content.decode()

    desk.post(add, {"provision": clause.pk, "target": f"thing:{item.uuid}:", "quote": "应当说明理由"})

    link = ProvisionLink.objects.get()
    assert (link.target_uuid, link.quote, link.state) == (item.uuid, "应当说明理由", "current")
    assert "thing 0" in desk.get(reverse("clause_link:index")).content.decode()
    assert str(item.uuid) not in desk.get(reverse("clause_link:edit", args=[link.pk])).content.decode()
    desk.post(reverse("clause_link:edit", args=[link.pk]), {"withdraw": "on"})
    link.refresh_from_db()
    assert link.state == "withdrawn"


def test_others_stay_outside(instructor: User, official: User) -> None:
    take_in()

    for user in (instructor, official):
        client = signed_in(user)
        for name in ("wagtailsnippets_knowledge_policywork:list", "clause_link:index"):
            assert client.get(reverse(name)).status_code in (302, 403)
