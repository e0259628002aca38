"""Which policy a file is a text of, until when it holds, and what becomes of what was taken in before."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.audit.models import AuditEvent
from portal.knowledge.actions import Outcome, import_source, make_link
from portal.knowledge.actions.dating import follow_calendar
from portal.knowledge.models import PolicyExpression, PolicyStatus, PolicyWork, Provision, ProvisionLink
from portal.knowledge.queries import same_number
from portal.knowledge.sources import file_source
from portal.users.models import User

from .conftest import NOW, Shelf
from .test_pages import signed_in

pytestmark = pytest.mark.django_db
ORDER = "甲市人民政府令\n第{0}号\n《甲市井盖办法》已经通过，现予公布，自{1}年1月1日起施行。\n市长　王某\n甲市井盖办法\n第一条　{2}。\n第二条　乙。\n"
LASTS = "甲市试行办法\n第一条　{0}。\n第二条　本办法自{1}年1月1日起施行，有效期至{2}年12月31日。\n"


def take(text: str, name: str = "a.md") -> Outcome:
    """Import a text."""
    return import_source(source=file_source(name, text.encode()), by=None, at=NOW)


def test_a_different_number_is_a_different_policy() -> None:
    first = take(ORDER.format(31, 2020, "甲"))
    same = take(ORDER.format("三十一", 2021, "丙"), "b.md")
    other = take(ORDER.format(55, 2022, "丁"), "c.md")

    assert [outcome.result for outcome in (first, same, other)] == ["made", "changed", "made"]
    assert first.code == same.code != other.code
    named = take(f"---\ncode: {first.code}\n---\n" + ORDER.format(60, 2023, "戊"), "d.md")
    assert (named.result, named.code) == ("changed", first.code)


@pytest.mark.parametrize(("one", "other", "is_same"), [
    ("甲政发〔2025〕7号", "甲政发[2025]第7号", True), ("日甲市人民政府令第31号", "甲市人民政府令第三十一号", True),
    ("甲政发〔2025〕7号", "甲政发〔2025〕17号", False), ("甲政发〔2025〕7号", "", True), ("甲政发〔2025〕7号", "乙政发〔2025〕7号", False),
])  # fmt: skip
def test_numbers_are_compared_by_what_they_say(one: str, other: str, is_same: bool) -> None:
    assert same_number(one, other) is is_same


def test_a_file_taken_in_under_a_title_read_less_well_is_still_that_policy() -> None:
    outcome = take(ORDER.format(31, 2020, "甲"))
    PolicyWork.objects.filter(code=outcome.code).update(title="甲市人民政府令", number="第31号")

    again = take(ORDER.format(31, 2020, "甲"))

    assert (again.result, again.code, PolicyExpression.objects.count()) == ("unchanged", outcome.code, 1)


def test_a_text_whose_days_are_over_does_not_hold() -> None:
    outcome = take(LASTS.format("甲", 2021, 2023))

    work = PolicyWork.objects.get(code=outcome.code)
    assert (work.status, work.repealed_date) == (PolicyStatus.REPEALED, date(2024, 1, 1))

    take(LASTS.format("乙", 2024, 2999), "b.md")
    work.refresh_from_db()
    assert (work.status, work.repealed_date) == (PolicyStatus.IN_FORCE, date(3000, 1, 1))


def test_the_calendar_ends_a_policy_once_and_tells_those_who_quote_it(shelf: Shelf) -> None:
    outcome = take(LASTS.format("甲", 2021, 2998))
    make_link(provision=Provision.objects.get(eid="art-1"), target=shelf.item(), by=None, at=NOW)
    last_day = NOW.replace(year=2998, month=12, day=31, hour=12)

    follow_calendar(at=last_day)
    assert PolicyWork.objects.get(code=outcome.code).status == PolicyStatus.IN_FORCE
    follow_calendar(at=last_day.replace(year=2999, month=1, day=1))
    follow_calendar(at=last_day.replace(year=2999, month=1, day=2))

    assert PolicyWork.objects.get(code=outcome.code).status == PolicyStatus.REPEALED
    assert ProvisionLink.objects.get().is_stale
    assert AuditEvent.objects.filter(event="knowledge.policy_ended").count() == 1


def send(client: Client, text: str, **fields: str) -> BeautifulSoup:
    """Send a file to the page of imports."""
    file = SimpleUploadedFile("a.md", text.encode())
    response = client.post("/policies/import/", {"file": file, **fields}, follow=True)
    return BeautifulSoup(response.content, "html.parser")


def test_an_editor_sees_both_laws_of_a_file_and_takes_both_in(editor: User) -> None:
    both = LASTS.format("甲", 2021, 2998) + ORDER.format(31, 2020, "甲")
    client = signed_in(editor)

    page = send(client, both, look="1").get_text()

    assert "甲市试行办法" in page
    assert "甲市人民政府令第31号" in page
    assert "有效期至" in page
    assert not PolicyWork.objects.exists()
    send(client, both, take="1")
    assert set(PolicyWork.objects.values_list("title", flat=True)) == {"甲市试行办法", "甲市井盖办法"}
    assert set(PolicyExpression.objects.values_list("imported_by", flat=True)) == {editor.pk}


def test_an_editor_corrects_title_and_days_before_anything_is_written(editor: User) -> None:
    client = signed_in(editor)
    said = {"title": "甲市正确办法", "number": "甲政发〔2025〕1号", "valid_until": "2997-01-31"}

    page = send(client, LASTS.format("甲方", 2021, 2998), look="1", **said).get_text()

    assert "甲市正确办法" in page
    assert "甲方。" in page
    send(client, LASTS.format("甲方", 2021, 2998), take="1", **said)
    work = PolicyWork.objects.get()
    assert (work.title, work.number, work.repealed_date) == ("甲市正确办法", "甲政发〔2025〕1号", date(2997, 2, 1))
