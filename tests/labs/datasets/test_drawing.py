"""Hierarchies that a steward draws in the page or uploads as CSV in ARX's format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from labs.datasets.models import Draft
from tests.labs.datasets.desk import Desk
from tests.labs.datasets.test_desk_pages import as_person, posted

WARD = 2
NORTH_SOUTH = {"level-0-1": "北区", "level-1-1": "北区", "level-2-1": "南区", "level-3-1": "南区"}
ROWS = [["W0", "北区", "*"], ["W1", "北区", "*"], ["W2", "南区", "*"], ["W3", "南区", "*"]]


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


@pytest.fixture
def draft(desk: Desk, var: Path) -> Draft:
    return desk.draft()


@pytest.fixture
def steward(desk: Desk) -> Client:
    return as_person(desk.steward)


def address_of(draft: Draft) -> str:
    return f"/datasets/desk/drafts/{draft.uuid}/hierarchy/{WARD}/"


def send(steward: Client, draft: Draft, **values: Any) -> Any:
    draft.refresh_from_db()
    return steward.post(address_of(draft), {"revision": str(draft.revision), **values})


def ward_of(draft: Draft) -> dict[str, Any]:
    draft.refresh_from_db()
    return dict(draft.document["columns"]["ward"])


def boxes(response: HttpResponse) -> dict[str, str]:
    page = BeautifulSoup(response.content, "html.parser")
    return {str(box["name"]): str(box["value"]) for box in page.select("input[name^=level-]") if box["value"]}


def test_drawn_levels_are_used_by_preview_and_stay_when_the_draft_is_saved(
    steward: Client, draft: Draft, desk: Desk
) -> None:
    assert boxes(steward.get(address_of(draft))) == {}
    assert send(steward, draft, **NORTH_SOUTH).status_code == 302

    assert ward_of(draft) == {"role": "geo", "treatment": "generalize", "hierarchy": {"inline": ROWS}}
    assert boxes(steward.get(address_of(draft))) == NORTH_SOUTH
    editor = f"/datasets/desk/drafts/{draft.uuid}/"
    assert "4 个值的层级" in steward.get(editor).content.decode()
    sent = posted(draft) | {"role-2": "geo", "treatment-2": "generalize", "options-2": ""}
    steward.post(f"{editor}save/", sent | {"then": "save"})
    assert ward_of(draft)["hierarchy"] == {"inline": ROWS}
    assert desk.build(draft).numbers["k"] >= 5


def test_levels_that_come_apart_are_named_and_what_was_typed_stays(steward: Client, draft: Draft) -> None:
    torn = NORTH_SOUTH | {"level-0-2": "甲市", "level-1-2": "乙市"}
    response = send(steward, draft, **torn)

    assert response.status_code == 400 and "北区" in response.content.decode() and "不嵌套" in response.content.decode()
    assert boxes(response) == torn
    assert "hierarchy" not in ward_of(draft)


@pytest.mark.parametrize(("parting", "encoding"), [(";", "utf-8-sig"), (",", "gb18030")])
def test_csv_in_arx_format(steward: Client, draft: Draft, parting: str, encoding: str) -> None:
    content = "\r\n".join(parting.join(row) for row in ROWS).encode(encoding)
    send(steward, draft, hierarchy=SimpleUploadedFile("ward.csv", content))

    assert ward_of(draft)["hierarchy"] == {"inline": ROWS}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"W0;N;*\nW1;N;*\nW2;S;*\n", "W3"),
        (b"W0;N;*\nW1;N\n", "2"),
        (b"\x81\x30\xff\x00", "GB 18030"),
        (b"", "ward"),
    ],
    ids=["a value is missing", "ragged", "no text", "empty"],
)
def test_csv_that_does_not_fit_is_refused_by_name(steward: Client, draft: Draft, content: bytes, said: str) -> None:
    response = send(steward, draft, hierarchy=SimpleUploadedFile("ward.csv", content or b"\n"))

    assert response.status_code == 400
    notice = BeautifulSoup(response.content, "html.parser").select_one(".notice-danger")
    assert notice is not None and said in notice.get_text()
    assert "hierarchy" not in ward_of(draft)


def test_a_hierarchy_is_removed_and_a_stale_page_overwrites_nothing(steward: Client, draft: Draft) -> None:
    send(steward, draft, **NORTH_SOUTH)
    stale = steward.post(address_of(draft), {"revision": "0", "then": "remove"})
    assert stale.status_code == 400 and "hierarchy" in ward_of(draft)

    send(steward, draft, then="remove")
    assert ward_of(draft) == {"role": "geo", "treatment": "generalize"}


def test_others_draw_nothing_and_columns_that_are_not_there_are_unknown(
    steward: Client, draft: Draft, desk: Desk
) -> None:
    assert as_person(desk.officer).get(address_of(draft)).status_code == 403
    assert steward.get(f"/datasets/desk/drafts/{draft.uuid}/hierarchy/40/").status_code == 404
