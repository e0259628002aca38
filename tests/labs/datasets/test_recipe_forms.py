"""A recipe is written without JSON: one click takes the suggestion, each treatment has fields, errors stand at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from labs.datasets.desk.regions import rows_of_names
from labs.datasets.desk.treatments import TreatmentForm
from labs.datasets.refusals import DeskRefused
from tests.labs.datasets.desk import Desk, table
from tests.labs.datasets.test_desk_pages import as_person, page, upload
from tests.people import Province


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def form(posted: dict[str, str], rule: dict[str, Any] | None = None, column: str = "年龄") -> TreatmentForm:
    """Return the form of one column of three, as its page posts it."""
    shown = TreatmentForm(column=column, place=0, rule=rule or {}, columns=["年龄", "日期", "人"], values=list)
    sent = {f"{name}-0": "" for name in shown.fields} | {"options-0": shown["options"].value() or ""}
    sent |= {"kind-0": str(shown["kind"].value() or "")} | {f"{name}-0": value for name, value in posted.items()}
    return TreatmentForm(sent, column=column, place=0, rule=rule or {}, columns=["年龄", "日期", "人"], values=list)


@pytest.mark.parametrize(("posted", "rule"), [
    ({"role": "plain", "treatment": "interval", "width": "10"}, {"width": 10}),
    ({"role": "plain", "treatment": "interval", "edges": "0，18，60"}, {"edges": [0, 18, 60]}),
    ({"role": "quasi", "treatment": "top_bottom", "bottom": "18", "top": "80"}, {"bottom": 18, "top": 80}),
    ({"role": "geo", "treatment": "grid", "meters": "500", "axis": "longitude"}, {"meters": 500, "axis": "longitude"}),
    ({"role": "time", "treatment": "date_shift", "days": "30", "by": "人"}, {"days": 30, "by": "人"}),
    ({"role": "direct", "treatment": "pseudonym"}, {}),
    ({"role": "direct", "treatment": "pseudonym", "rotation_period": "month", "rotation_column": "日期"},
     {"rotation": {"column": "日期", "period": "month"}}),
    ({"role": "sensitive", "treatment": "aggregate", "function": "median", "digits": "1"}, {"function": "median", "digits": 1}),
    ({"role": "time", "treatment": "generalize", "kind": "date", "unit": "month"},
     {"hierarchy": {"builtin": "date", "units": ["month", "quarter", "year", "decade"]}, "min_level": 1}),
    ({"role": "plain", "treatment": "generalize", "kind": "date", "unit": "year"},
     {"hierarchy": {"builtin": "date", "units": ["year", "decade"]}, "level": 1}),
    ({"role": "quasi", "treatment": "generalize", "kind": "number", "widths": "5 10 20"},
     {"hierarchy": {"builtin": "numeric", "widths": [5, 10, 20]}}),
    ({"role": "quasi", "treatment": "generalize", "kind": "prefix", "lengths": "4, 2"},
     {"hierarchy": {"builtin": "prefix", "lengths": [4, 2]}, "min_level": 1}),
    ({"role": "text", "treatment": "redact"}, {}),
])  # fmt: skip
def test_fields_become_a_rule_and_a_rule_the_same_fields(posted: dict[str, str], rule: dict[str, Any]) -> None:
    filled = form(posted)
    whole = {"role": posted["role"], "treatment": posted["treatment"], **rule}
    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data["rule"] == whole
    again = TreatmentForm(column="年龄", place=0, rule=whole, columns=["年龄", "日期", "人"], values=list)
    sent = {name: str(again[name].value() if again[name].value() is not None else "") for name in again.fields}
    second = form(sent, whole)
    assert second.is_valid() and second.cleaned_data["rule"] == whole, second.errors


@pytest.mark.parametrize(("posted", "field", "words"), [
    ({"role": "plain", "treatment": "interval"}, "width", "请填数字"),
    ({"role": "plain", "treatment": "interval", "width": "十"}, "width", ""),
    ({"role": "quasi", "treatment": "generalize", "kind": "number", "widths": "ten"}, "widths", "逗号"),
    ({"role": "plain", "treatment": "top_bottom"}, "top", "至少"),
    ({"role": "time", "treatment": "date_shift", "days": "0"}, "days", ""),
    ({"role": "direct", "treatment": "pseudonym", "rotation_period": "day"}, "rotation_column", "都"),
    ({"role": "plain", "treatment": "keep", "options": "{"}, "options", "年龄"),
])  # fmt: skip
def test_what_is_wrong_stands_at_its_field(posted: dict[str, str], field: str, words: str) -> None:
    filled = form(posted)
    assert not filled.is_valid() and list(filled.errors) == [field]
    assert words in filled.errors[field][0] and "JSON" not in filled.errors[field][0]


def test_what_only_json_says_stays_and_changed_json_counts() -> None:
    stored = {"role": "plain", "treatment": "interval", "width": 10, "note": "同去年"}
    wider = form({"role": "plain", "treatment": "interval", "width": "20"}, stored)
    assert wider.is_valid() and wider.cleaned_data["rule"] == stored | {"width": 20}
    typed = form({"role": "plain", "treatment": "interval", "width": "20", "options": '{"edges": [1, 2]}'}, stored)
    assert (
        typed.is_valid() and typed.cleaned_data["rule"]["edges"] == [1, 2] and "width" not in typed.cleaned_data["rule"]
    )


def test_the_unit_of_a_width_follows_from_the_heading() -> None:
    assert "（岁）" in str(form({})["width"].label) and "元" in str(form({}, column="月收入")["width"].label)
    assert "（" not in str(form({}, column="等级")["width"].label)


def test_districts_by_name(world: Province) -> None:
    county, city = world.county_a, world.county_a.parent
    assert city is not None and city.parent is not None
    rows = rows_of_names([county.name, f"{city.name}{county.name}"], "county")
    above = [county.name, city.name, city.parent.name, "*"]
    assert rows == [[county.name, *above], [city.name + county.name, *above]]
    assert rows_of_names([county.name], "city") == [[county.name, *above[1:]]]
    with pytest.raises(DeskRefused) as refused:
        rows_of_names([county.name, "火星区"], "county")
    assert "火星区" in str(refused.value) and county.name not in str(refused.value)


def calls(world: Province, count: int = 240) -> bytes:
    """Return calls: who, from where, when, how old, about what."""
    names = ["王秀英", "李建国", "张伟华", "陈丽娜", "刘志强", "杨桂兰", "黄文博", "周海燕"]
    wards = [world.county_a.name, world.county_b.name]
    rows = [
        (names[n % 8], f"138{(n % 8) * 1234567:08d}", wards[n % 2], f"2025-{n % 6 + 1:02d}-{n % 27 + 1:02d}", 20 + n * 7 % 50,
         f"来电人{names[n % 8]}反映门前路灯不亮已经很久，夜间行走不便，请尽快派人来修，编号{n}")
        for n in range(count)
    ]  # fmt: skip
    return table(rows, ("来电人姓名", "联系电话", "所属区", "受理日期", "年龄", "诉求内容"))


def test_one_click_takes_the_whole_suggestion(desk: Desk, var: Path, world: Province) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, calls(world))
    address = f"/datasets/desk/drafts/{draft.uuid}/"
    shown = page(steward, address)
    button = shown.select_one('button[name="then"][value="suggest"]')
    assert button is not None and button.find_parent("form")["action"] == f"{address}save/"

    fields = {tag["name"]: tag.get("value", "") for tag in button.find_parent("form").select("input[name]")}
    for tag in button.find_parent("form").select("select[name]"):
        chosen = tag.select_one("option[selected]") or tag.select_one("option")
        fields[tag["name"]] = chosen["value"]
    steward.post(f"{address}save/", fields | {"then": "suggest"})

    draft.refresh_from_db()
    rules = draft.document["columns"]
    assert {name: (rule["role"], rule["treatment"]) for name, rule in rules.items()} == {
        "来电人姓名": ("direct", "drop"), "联系电话": ("direct", "drop"), "所属区": ("geo", "generalize"),
        "受理日期": ("time", "generalize"), "年龄": ("quasi", "generalize"), "诉求内容": ("text", "redact"),
    }  # fmt: skip
    assert rules["所属区"]["hierarchy"]["inline"][0][1:] and draft.document["person"] == "联系电话"
    build = desk.build(draft)
    assert not build.stops, build.stops
    text = (var / "raw" / build.folder / "data.csv").read_text("utf-8-sig")
    assert "王秀英" not in text and "1380" not in text and "李建国" not in text and "【姓名1】" in text
    again = page(steward, address)
    assert again.select_one('select[name="unit-3"] option[selected]')["value"] == "month"


def test_an_error_is_shown_at_its_box_with_what_was_typed(desk: Desk, var: Path, world: Province) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, calls(world))
    sent = {
        "revision": str(draft.revision), "release_class": "lab", "statement": "deidentified", "k": "5", "then": "save",
        "role-4": "plain", "treatment-4": "interval", "kind-4": "", "width-4": "十岁", "options-4": "",
    }  # fmt: skip
    answer = steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", sent)
    shown = BeautifulSoup(answer.content, "html.parser")
    box = shown.select_one("#width-4")
    assert answer.status_code == 400 and box is not None and box["value"] == "十岁"
    assert shown.select_one("#width-4_error") is not None and "岁" in box.find_parent(class_="field").get_text()
