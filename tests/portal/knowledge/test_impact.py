"""A new text touches exactly those who quote what it changed, and a person decides what becomes of them."""

from __future__ import annotations

from datetime import date

import pytest

from portal.audit.models import AuditEvent
from portal.knowledge.actions import LinkRefused, decide_review, make_link, withdraw_link
from portal.knowledge.actions.reviewing import ReviewDecided
from portal.knowledge.models import LinkState, PolicyWork, Provision, ProvisionLink, ReviewTask
from portal.notifications.models import Notice
from portal.users.models import User

from .conftest import FIRST, NOW, SECOND, Shelf, take_in

pytestmark = pytest.mark.django_db


def clause(eid: str, newest: bool = False) -> Provision:
    """Return a clause of the first or of the newest text."""
    texts = PolicyWork.objects.get(code="trial-data").expressions.in_order()
    text = texts.last() if newest else texts.first()
    assert text is not None
    return text.provisions.get(eid=eid)


@pytest.fixture
def links(shelf: Shelf, editor: User) -> dict[str, ProvisionLink]:
    """Something rests on each clause, and on each of two paragraphs."""
    shelf.owner_ids = (editor.pk,)
    take_in()
    eids = ("art-1", "art-2", "art-2-p1", "art-2-p2", "art-3", "art-4")
    return {eid: make_link(provision=clause(eid), target=shelf.item(), by=None, at=NOW) for eid in eids}


def stale(links: dict[str, ProvisionLink]) -> set[str]:
    """Clauses whose links are stale."""
    return {eid for eid, link in links.items() if ProvisionLink.objects.get(pk=link.pk).is_stale}


def test_exactly_the_citing_items_turn_stale(links: dict[str, ProvisionLink], shelf: Shelf, editor: User) -> None:
    shelf.touched.clear()

    outcome = take_in(SECOND, "2024-06-01")

    # Article 2 and its first paragraph changed; 3 and 4 only have other numbers; the second paragraph is as it was.
    assert stale(links) == {"art-2", "art-2-p1"}
    assert outcome.reviews == 2
    touched = {link.target_uuid for eid, link in links.items() if eid in ("art-2", "art-2-p1")}
    assert set(shelf.touched) == touched
    assert Notice.objects.filter(user=editor, kind="knowledge.review").count() == 2
    moved = ProvisionLink.objects.get(pk=links["art-3"].pk)
    assert moved.standing == clause("art-5", newest=True)
    changed = ProvisionLink.objects.get(pk=links["art-2"].pk)
    assert (changed.stale_since_date, changed.standing) == (date(2024, 6, 1), clause("art-2", newest=True))


def test_a_clause_that_is_gone_concerns_those_who_quote_it(links: dict[str, ProvisionLink]) -> None:
    take_in(FIRST.replace("第三条　开放数据应当先行去标识化。\n\n", ""), "2024-06-01")

    task = ReviewTask.objects.get(link=links["art-3"])
    assert stale(links) == {"art-3"}
    assert (task.change, task.link.standing) == ("repealed", None)


def test_an_older_text_touches_nobody(links: dict[str, ProvisionLink]) -> None:
    take_in(SECOND, "2020-01-01")

    assert stale(links) == set()


def test_the_same_text_touches_nobody(links: dict[str, ProvisionLink]) -> None:
    take_in(FIRST.replace("\n", " \n"), "2024-06-01", name="again.md")

    assert stale(links) == set()


def test_a_link_to_an_old_text_stands_where_the_clause_stands_now(shelf: Shelf) -> None:
    take_in()
    take_in(SECOND, "2024-06-01")

    link = make_link(provision=clause("art-3"), target=shelf.item(), by=None, at=NOW)
    take_in(SECOND.replace("先行去标识化", "先行脱敏"), "2025-01-01")

    assert link.standing == Provision.objects.get(eid="art-5", expression__effective_date=date(2024, 6, 1))
    assert stale({"art-3": link}) == {"art-3"}


def test_an_editor_keeps_an_item_and_is_asked_again_at_the_next_change(
    links: dict[str, ProvisionLink], editor: User
) -> None:
    take_in(SECOND, "2024-06-01")
    task = ReviewTask.objects.get(link=links["art-2"])

    decide_review(task=task, decision="kept", note="只改了期限", by=editor, at=NOW)

    assert stale(links) == {"art-2-p1"}
    assert AuditEvent.objects.filter(event="knowledge.review_decided").count() == 1
    with pytest.raises(ReviewDecided):
        decide_review(task=task, decision="withdrawn", by=editor, at=NOW)
    take_in(SECOND.replace("五个", "三个"), "2025-01-01")
    assert "art-2" in stale(links)


def test_an_editor_quotes_anew(links: dict[str, ProvisionLink], editor: User) -> None:
    take_in(SECOND, "2024-06-01")
    task = ReviewTask.objects.get(link=links["art-2"])
    with pytest.raises(LinkRefused):
        decide_review(task=task, decision="requoted", quote="十个工作日", by=editor, at=NOW)
    assert "art-2" in stale(links)

    decide_review(task=task, decision="requoted", quote="应当在五个工作日内答复", by=editor, at=NOW)

    fresh = ProvisionLink.objects.get(supersedes=links["art-2"])
    assert (fresh.provision, fresh.state) == (clause("art-2", newest=True), LinkState.CURRENT)
    assert ProvisionLink.objects.get(pk=links["art-2"].pk).state == LinkState.REPLACED


def test_a_clause_that_is_gone_cannot_be_quoted_anew(links: dict[str, ProvisionLink], editor: User) -> None:
    take_in(FIRST.replace("第三条　开放数据应当先行去标识化。\n\n", ""), "2024-06-01")
    task = ReviewTask.objects.get(link=links["art-3"])

    with pytest.raises(LinkRefused):
        decide_review(task=task, decision="requoted", by=editor, at=NOW)
    decide_review(task=task, decision="withdrawn", by=editor, at=NOW)

    assert ProvisionLink.objects.get(pk=links["art-3"].pk).state == LinkState.WITHDRAWN


def test_one_decision_closes_every_review_of_the_item(links: dict[str, ProvisionLink], editor: User) -> None:
    take_in(SECOND, "2024-06-01")
    take_in(SECOND.replace("五个", "三个"), "2025-01-01")
    tasks = ReviewTask.objects.filter(link=links["art-2"])
    assert tasks.open().count() == 2

    decide_review(task=tasks.order_by("pk")[0], decision="kept", by=editor, at=NOW)

    assert tasks.open().count() == 0


def test_quotes_must_stand_in_the_clause_and_links_come_once(shelf: Shelf) -> None:
    take_in()
    item = shelf.item()
    with pytest.raises(LinkRefused):
        make_link(provision=clause("art-1"), target=item, quote="没有的话", by=None, at=NOW)
    link = make_link(provision=clause("art-1"), target=item, quote="促进 数据利用", by=None, at=NOW)
    with pytest.raises(LinkRefused):
        make_link(provision=clause("art-1"), target=item, by=None, at=NOW)

    withdraw_link(link=link, by=None, at=NOW)

    make_link(provision=clause("art-1"), target=item, by=None, at=NOW)


def test_an_item_without_owner_falls_to_those_who_look_after_policies(shelf: Shelf, editor: User) -> None:
    take_in()
    make_link(provision=clause("art-2"), target=shelf.item(), by=None, at=NOW)

    take_in(SECOND, "2024-06-01")

    assert list(ReviewTask.objects.get().owners.all()) == [editor]
