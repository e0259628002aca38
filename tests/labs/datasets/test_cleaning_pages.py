"""Cleaning on the desk: a messy delivery, steps by forms, the clean delivery, the next one with its differences."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from labs.datasets.actions import change_meanings, create_draft, destroy_batch, keep_plan
from labs.datasets.desk.opening import table_of
from labs.datasets.models import CleaningPlan, Import, Outcome, RawBatch
from labs.datasets.progressing import do_now
from labs.datasets.work import IMPORTS
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.labs.datasets.desk import Desk, make_desk, people, refusing, table
from tests.people import Province

HOTLINE: list[list[Any]] = [
    ["某市热线工单（三月）", None, None, None],
    ["工单", "区", "日期", "金额"],
    [None, None, None, "元"],
    ["A1", "碑林区 ", "2025.3.1", "1,234"],
    ["A2", None, 45717, "１２"],
    ["A3", "碑林", "2025年3月2日", "=未知"],
    ["A4", "莲湖区", "改天", "5"],
    ["合计", None, None, "1251"],
    ["填表人：秦某某", None, None, None],
]


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def as_person(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def workbook(rows: list[list[Any]]) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.active.merge_cells("A1:D1")
    made.save(out)
    return out.getvalue()


def address(batch: RawBatch, more: str = "") -> str:
    return f"/datasets/desk/batches/{batch.uuid}/cleaning/{more}"


def page(client: Client, where: str) -> BeautifulSoup:
    response = client.get(where)
    assert response.status_code == 200, where
    return BeautifulSoup(response.content, "html.parser")


def number_of(batch: RawBatch) -> str:
    last = CleaningPlan.objects.filter(dataset=batch.dataset).order_by("-number").first()
    return str(last.number if last else 0)


def post(client: Client, batch: RawBatch, then: str, **fields: Any) -> Any:
    sent = {"then": then, "number": number_of(batch)} | fields
    return client.post(address(batch, "change/"), sent)


def add(client: Client, batch: RawBatch, do: str, **fields: Any) -> None:
    """Add a step by its form, as the page sends it."""
    shown = page(client, address(batch, f"?add={do}"))
    names = {field.get("name") for field in shown.select("#step [name]")}
    assert set(fields) <= names, names
    response = post(client, batch, "add", do=do, **fields)
    assert response.status_code == 302, response.content.decode()


def cleaned(client: Client, batch: RawBatch, **more: str) -> RawBatch:
    client.post(address(batch, "apply/"), {"number": number_of(batch), **more})
    work = Import.objects.order_by("-pk").first()
    assert work is not None and work.address.startswith("clean:"), work
    do_now(IMPORTS, work)  # type: ignore[arg-type]
    work.refresh_from_db()
    assert work.outcome == Outcome.DONE, work.message or work.error
    assert work.batch is not None
    return work.batch


def all_steps(client: Client, batch: RawBatch) -> None:
    post(client, batch, "layout", header_row="0", header_rows="1", units_row="3")
    add(client, batch, "drop_notes")
    add(client, batch, "trim")
    add(client, batch, "fill_down", columns=["区"])
    add(client, batch, "map", column="区", values="碑林 → 碑林区", unknown="keep")
    add(client, batch, "dates", columns=["日期"], order="ymd", to="exact", serials="1900", bad="keep")
    add(client, batch, "numbers", columns=["金额"], decimal=".", bad="empty")
    add(client, batch, "drop_totals")


def test_a_messy_sheet_is_cleaned_by_forms_and_a_draft_begins_on_it(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    batch = desk.batch(workbook(HOTLINE), "hotline.xlsx")
    assert batch.needs_cleaning and batch.columns == []
    with refusing("needs_cleaning"):
        create_draft(batch=batch, by=desk.steward, at=timezone.now())
    assert steward.get(f"/datasets/desk/batches/{batch.uuid}/").status_code == 200

    all_steps(steward, batch)
    shown = page(steward, address(batch))
    assert "7" in shown.select_one("#steps").parent.select("tbody tr")[-1].text
    assert {"2025-03-01", "1234", "碑林区"} <= {str(mark.find(string=True)).strip() for mark in shown.select("mark")}
    assert "改天" in shown.select_one("#bad").parent.text

    # Two cells that cannot be read and a value that no line of the map names are differences: they must be looked at.
    refused = steward.post(address(batch, "apply/"), {"number": number_of(batch)})
    assert refused.status_code == 302 and not Import.objects.filter(address__startswith="clean:").exists()
    made = cleaned(steward, batch, differences_seen="yes")

    assert [column["name"] for column in made.columns] == ["工单", "区", "日期", "金额"] and made.rows == 4
    assert made.retention_date == batch.retention_date
    assert made.dataset.dictionary["data/金额"]["description"] == "单位：元"
    assert table_of(made).frame.rows() == [
        ("A1", "碑林区", "2025-03-01", "1234"), ("A2", "碑林区", "2025-03-01", "12"),
        ("A3", "碑林区", "2025-03-02", ""), ("A4", "莲湖区", "改天", "5"),
    ]  # fmt: skip
    draft = create_draft(batch=made, by=desk.steward, at=timezone.now())
    assert draft.dictionary["data/金额"]["description"] == "单位：元"


def test_bad_rows_are_listed_with_place_and_advice_and_exported(desk: Desk, var: Path) -> None:
    steward, officer = as_person(desk.steward), as_person(desk.officer)
    batch = desk.batch(workbook(HOTLINE), "hotline.xlsx")
    all_steps(steward, batch)
    made = cleaned(steward, batch, differences_seen="yes")

    shown = page(officer, f"/datasets/desk/batches/{made.uuid}/rows/")
    cells = [[cell.text.strip() for cell in row.select("td")] for row in shown.select("tbody tr")]
    assert [row[:3] for row in cells] == [["6", "金额", "=未知"], ["7", "区", "莲湖区"], ["7", "日期", "改天"]]
    assert all(row[3] and row[4] for row in cells) and str(var) not in str(shown)

    sent = steward.post(f"/datasets/desk/batches/{made.uuid}/rows/").content.decode("utf-8-sig")
    assert "6,金额,'=未知," in sent and sent.count("\n") == 4
    assert AuditEvent.objects.filter(event="datasets.bad_rows_exported").count() == 1

    destroy_batch(batch=made, reason="到期", by=desk.steward, at=timezone.now())
    assert not list((var / "raw" / "reports").iterdir())


def test_the_next_delivery_is_replayed_and_its_differences_shown(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    first = desk.batch(table([("A1", " 碑林区", "2025.3.1")] * 3, ("工单", "区", "日期")))
    add(steward, first, "trim", columns=["区"])
    add(steward, first, "map", column="区", values="碑林区 → 碑林", unknown="keep")
    add(steward, first, "dates", columns=["日期"], order="ymd", to="exact", serials="1900", bad="keep")
    made = cleaned(steward, first)
    assert made.profile["cleaning"]["bad_total"] == 0

    second = desk.batch(table([("A1", "雁塔区", "明天", "x")] * 3, ("工单", "区", "日期 ", "来源")))
    found = page(steward, address(second)).select_one("#differences")
    assert found is not None
    words = found.parent.text
    # The heading 日期 differs by a blank alone, which reading cuts: the step finds its column.
    assert "来源" in words and "雁塔区" in words and "日期" not in words
    assert "第 3 步有 3 个单元格读不出" in words

    post(steward, second, "remove", place="2")
    assert [step["do"] for step in CleaningPlan.objects.order_by("-number")[0].document["steps"]] == ["trim", "map"]
    assert page(steward, address(second)).select_one("#differences") is not None, "editing hides no difference"
    cleaned(steward, second, differences_seen="yes")
    third = desk.batch(table([("A1", "碑林", "明天", "x")] * 3, ("工单", "区", "日期", "来源")))
    assert page(steward, address(third)).select_one("#differences") is None


def test_steps_are_moved_changed_and_never_overwritten_unseen(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    batch = desk.batch(table(people()))
    add(steward, batch, "trim")
    add(steward, batch, "case", columns=["ward"], to="lower")
    post(steward, batch, "up", place="1")
    post(steward, batch, "change", place="0", do="case", columns=["ward"], to="title")
    plan = CleaningPlan.objects.order_by("-number")[0]
    assert [(step["do"], step.get("to")) for step in plan.document["steps"]] == [("case", "title"), ("trim", None)]

    with refusing("plan_stale"):
        keep_plan(
            dataset=batch.dataset, document={"steps": []}, seen=plan.number - 1, by=desk.steward, at=timezone.now()
        )
    same = keep_plan(dataset=batch.dataset, document=plan.document, seen=0, by=desk.steward, at=timezone.now())
    assert same == plan
    with pytest.raises(IntegrityError), transaction.atomic():
        CleaningPlan.objects.filter(pk=plan.pk).update(document={})


def test_suggested_steps_are_taken_by_one_button(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    batch = desk.batch(workbook(HOTLINE), "hotline.xlsx")
    assert page(steward, address(batch)).select_one("button[value=suggest]") is not None

    post(steward, batch, "suggest")
    document = CleaningPlan.objects.get().document
    assert {"drop_notes", "drop_totals", "trim"} <= {step["do"] for step in document["steps"]}
    # Of the dates one in four cannot be read, too many for the program to be sure: that step is the steward's.
    assert steward.get(address(batch)).status_code == 200


def test_a_wrong_step_is_said_at_its_field(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    batch = desk.batch(table(people()))
    wrong = post(steward, batch, "add", do="map", column="ward", values="W0 W1", unknown="keep")
    shown = BeautifulSoup(wrong.content, "html.parser")

    assert wrong.status_code == 400 and shown.select_one("#step-values_error") is not None
    assert not CleaningPlan.objects.exists()
    assert post(steward, batch, "add", do="swap", columns=["ward"]).status_code == 400
    assert post(steward, batch, "remove", place="7").status_code == 302
    assert post(steward, batch, "add", do="no such step").status_code == 302


def test_a_map_is_suggested_from_the_spellings(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    batch = desk.batch(table([("碑林区",), ("碑林区",), ("碑林",), ("莲湖区",)], ("区",)))
    form = page(steward, address(batch, "?add=map&column=区")).select_one("#step-values")

    assert form is not None and form.text.strip() == "碑林 → 碑林区"
    title = page(steward, address(batch, "?add=map&column=区")).select_one("#step-title")
    assert title is not None and title.text.strip() == "值的对照"


def test_a_table_whose_header_is_missed_still_shows_its_rows(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    batch = desk.batch(workbook(HOTLINE), "hotline.xlsx")
    post(steward, batch, "layout", header_row="9", header_rows="1", units_row="0")
    shown = page(steward, address(batch))

    assert "某市热线工单" in shown.text and shown.select_one("#layout") is not None
    assert str(var) not in str(shown)


def test_rows_are_for_the_desk_of_the_dataset_alone(desk: Desk, var: Path, world: Province) -> None:
    batch = desk.batch(table(people()))
    auditor = world.person("auditor.one", "审计", world.department_a)
    world.grant(auditor, "auditor", "province", world.province.uuid)
    stranger = world.person("county.steward", "县区", world.department_b)
    world.grant(stranger, "data_steward", "region", world.county_b.uuid)

    for where in (address(batch), f"/datasets/desk/batches/{batch.uuid}/rows/"):
        assert as_person(auditor).get(where).status_code == 403
        assert as_person(stranger).get(where).status_code == 404
        assert as_person(desk.officer).get(where).status_code == 200
    assert as_person(desk.officer).post(address(batch, "change/"), {"then": "add", "do": "trim"}).status_code == 403
    assert as_person(stranger).post(address(batch, "apply/")).status_code == 404
    assert not CleaningPlan.objects.exists()


def test_meanings_are_entered_once_and_go_with_every_delivery(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    draft = desk.draft()
    where = f"/datasets/desk/datasets/{desk.dataset.code}/columns/"
    shown = page(steward, where)
    keys = [field["value"] for field in shown.select("input[name=column]")]
    assert keys == ["data/id", "data/age", "data/ward", "data/status"]

    steward.post(where, {"column": keys, "zh-2": "所在街区", "en-2": "Ward", "zh-9": "x"})
    draft.refresh_from_db()
    assert draft.dictionary["data/ward"] == {"description": "所在街区", "description_en": "Ward"}
    later = create_draft(batch=desk.batch(table(people(120))), by=desk.steward, at=timezone.now())
    assert later.dictionary["data/ward"]["description"] == "所在街区"

    build = desk.build(draft)
    words = json.loads((var / "raw" / build.folder / "dictionary.json").read_text("utf-8"))
    assert "所在街区" in json.dumps(words, ensure_ascii=False)
    refused = as_person(desk.officer).post(where, {"column": keys, "zh-2": "别的"})
    assert refused.status_code == 403


def test_meanings_of_a_draft_that_is_signed_stay(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    desk.build(draft)
    revision = draft.revision
    change_meanings(
        dataset=desk.dataset, meanings={"data/age": {"description": "年龄"}}, by=desk.steward, at=timezone.now()
    )
    draft.refresh_from_db()

    assert draft.revision == revision and "data/age" not in draft.dictionary


def test_deliveries_of_two_datasets_have_plans_of_their_own(desk: Desk, var: Path, world: Province) -> None:
    steward = as_person(desk.steward)
    add(steward, desk.batch(table(people())), "trim")
    other = make_desk(world, "elsewhere")

    assert "trim" not in str(page(as_person(other.steward), address(other.batch(table(people())))).select("tbody th"))
    assert CleaningPlan.objects.filter(dataset=other.dataset).count() == 0
