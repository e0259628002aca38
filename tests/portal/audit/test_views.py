"""The auditor's pages: who may read what, filters, and an export without formulas."""

from __future__ import annotations

from typing import Any

import pytest

from portal.audit.actions import record
from portal.audit.spreadsheet import safe_cell
from portal.audit.templatetags.audit import detail
from portal.users.models import User
from tests.people import AT, Province
from tests.portal.organizations.test_views import browser_of


@pytest.mark.parametrize("who", ["official", "hr_province", "administrator", "instructor"])
def test_only_auditors_read(request: pytest.FixtureRequest, world: Province, who: str) -> None:
    client = browser_of(request.getfixturevalue(who))

    assert client.get("/audit/").status_code == 403
    assert client.get("/audit/export.csv").status_code == 403


def test_auditor_reads_filters_and_exports(
    world: Province, auditor: User, official: User, django_assert_max_num_queries: Any
) -> None:
    record(by=official, at=AT, event="users.signed_in", target=official)
    record(by=None, at=AT, event="test.other", details={"name": "=HYPERLINK(1)"})
    client = browser_of(auditor)

    with django_assert_max_num_queries(22):
        page = client.get("/audit/", {"who": "li.wei", "what": "users.signed_in", "last_date": "2026-03-02"})

    text = page.content.decode()
    assert "李伟" in text
    assert list(page.context["page_obj"]) == list(page.context["page_obj"].paginator.object_list)
    assert page.context["page_obj"].paginator.count == 1
    assert client.get("/audit/", {"last_date": "2026-03-01"}).context["page_obj"].paginator.count == 0
    exported = client.get("/audit/export.csv", {"what": "test.other"}).getvalue().decode("utf-8-sig")
    assert "test.other" in exported
    assert "users.signed_in" not in exported


def test_auditor_of_a_county_reads_only_what_concerns_its_people(
    world: Province, official: User, outsider: User, hr_province: User
) -> None:
    local = world.person("audit.xc", "新城审计", world.department_b)
    world.grant(local, "auditor", "region", world.county_b.uuid)
    record(by=official, at=AT, event="test.elsewhere", target=official)
    record(by=hr_province, at=AT, event="test.here", target=outsider)

    client = browser_of(local)
    codes = {event.event for event in client.get("/audit/").context["page_obj"]}

    assert "test.here" in codes
    assert "test.elsewhere" not in codes


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "'=1", " =1", "\n=1", "\u3000=1"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["李伟", "users.signed_in", "2026-03-02", "", None, 3])
def test_plain_cells_stay_as_they_are(text: object) -> None:
    assert safe_cell(text) == ("" if text is None else str(text))


def test_details_are_read_without_program_notation() -> None:
    assert detail({"sort": "hours", "units": [1, 2]}) == "sort hours · units 1 · 2"
    assert detail(None) == "–"
    assert detail("x") == "x"
