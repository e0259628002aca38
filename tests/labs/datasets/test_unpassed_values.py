"""No page shows a value that no passport passed: planted values are looked for on everything that can be reached."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from labs.datasets.actions import start_build, withdraw_version
from labs.datasets.models import Build
from labs.datasets.progressing import do_now
from labs.datasets.work import BUILDS
from portal.users.models import User
from tests.crawling.reading import links
from tests.labs.datasets.desk import COLUMNS, RECIPE, Desk, people, table, tomorrow
from tests.labs.datasets.test_desk_pages import as_person, page
from tests.people import Province

DROPPED, RARE, TAMPERED = "绝密甲", "绝密乙", "绝密丙"
MOST_PAGES = 80


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def planted(desk: Desk, **more: Any) -> Any:
    """Return a draft whose raw data holds a value in a column that is left out, and one in a row that is."""
    rows = [(*row, DROPPED) for row in people()] + [("P1", 25, RARE, "open", DROPPED)]
    hierarchy = {
        "inline": [["W0", "西", "*"], ["W1", "西", "*"], ["W2", "东", "*"], ["W3", "东", "*"], [RARE, "东", "*"]]
    }
    columns = {
        **RECIPE["columns"], "ward": {"role": "geo", "treatment": "generalize", "hierarchy": hierarchy, "min_level": 1},
        "secret": {"role": "direct"},
    }  # fmt: skip
    document = {**RECIPE, "columns": columns, "person": {"each_row": "一行一人"}} | more
    return desk.draft(table(rows, (*COLUMNS, "secret")), document=document)


def walked(client: Client, *starts: str) -> dict[str, str]:
    """Every page that can be reached from the starts by links below /datasets/, with its text as it was sent."""
    waiting = list(starts)
    seen: dict[str, str] = {}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop()
        if address in seen:
            continue
        answer = client.get(address)
        if answer.status_code >= 400 or answer.get("Content-Type", "").startswith("application/pdf"):
            seen[address] = ""
            continue
        seen[address] = answer.content.decode() if not answer.streaming else ""
        soup = BeautifulSoup(seen[address], "html.parser")
        waiting += [found.partition("#")[0] for found in links(address, soup) if found.startswith("/datasets/")]
    return seen


def refused_with_its_value(desk: Desk) -> None:
    """Build what the engine refuses, naming the value."""
    draft = desk.draft(table([("P1", RARE, "W0", "open"), *people()]))
    build = start_build(draft=draft, revision=draft.revision, by=desk.steward, at=timezone.now())
    do_now(BUILDS, build)
    assert RARE in Build.objects.get(pk=build.pk).message


def test_no_reader_and_no_auditor_sees_a_value_that_was_not_passed(
    desk: Desk, var: Path, official: User, world: Province
) -> None:
    version = desk.release(planted(desk))
    refused_with_its_value(desk)
    world.grant(official, "auditor", "province", world.province.uuid)
    reader = world.person("reader", "读者", world.department_b)
    code = desk.dataset.code
    starts = ["/datasets/", f"/datasets/{code}/", f"/search/?q={DROPPED}", f"/search/?q={RARE}"]
    auditor = walked(as_person(official), *starts, "/datasets/desk/", f"/datasets/desk/datasets/{code}/")
    pages = walked(as_person(reader), *starts) | {f"{address} (auditor)": text for address, text in auditor.items()}

    kinds = ("/datasets/desk/batches/", "/datasets/desk/drafts/", "/datasets/desk/versions/", "/datasets/reports/")
    assert all(any(kind in address for address in pages) for kind in kinds) and "W0" not in auditor
    assert any(address.endswith("/recipe/") for address in auditor)
    for address, text in pages.items():
        if address.startswith("/search/"):  # says what was looked for; nothing may be found by it
            assert f'href="/datasets/{code}/' not in text, address
            continue
        for value in (DROPPED, RARE):
            assert value not in text, address
    # The test would find them: the desk, which may see raw data, does.
    batch = version.draft.batch
    assert DROPPED in page(as_person(desk.steward), f"/datasets/desk/batches/{batch.uuid}/").get_text()
    recipe = as_person(desk.officer).get(f"/datasets/desk/drafts/{version.draft.uuid}/recipe/")
    assert RARE in json.dumps(json.loads(recipe.content), ensure_ascii=False)


def test_the_first_rows_are_shown_while_a_passport_passes_them(
    desk: Desk, var: Path, official: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = desk.release(desk.draft())
    address, reader = f"/datasets/{desk.dataset.code}/", as_person(official)
    file = var / "datasets" / desk.dataset.code / "1" / "data.csv"
    shown = page(reader, address)
    assert shown.select_one("#sample") is not None
    facts = {
        row.th.get_text(): [cell.get_text() for cell in row.select("td")]
        for row in shown.select("#columns ~ * tbody tr")
    }
    assert set(facts) == {"age", "ward", "status"}
    assert facts["age"][2:] == ["准标识符", "泛化"] and facts["status"][2:] == ["敏感", "保留"]

    # Somebody writes into the file beside the desk: what stands there now was passed by nobody.
    kept = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(kept.replace(b"open", TAMPERED.encode()[:4]))
    assert page(reader, address).select_one("#sample") is None
    file.write_bytes(kept)
    assert page(reader, address).select_one("#sample") is not None

    later = tomorrow(400)
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "localdate", lambda *_args: later)
        assert page(reader, address).select_one("#sample") is None
    withdraw_version(version=version, reason="发现错误", by=desk.officer, at=timezone.now())
    assert page(reader, address).select_one("#sample") is None
