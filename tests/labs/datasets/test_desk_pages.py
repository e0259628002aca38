"""The pages of the data desk: from an uploaded file to a version, its report on page and paper, its end."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from labs.datasets.actions import grant_access
from labs.datasets.loading import finished_import
from labs.datasets.models import Build, Draft, DraftState, Import, RiskReport
from labs.datasets.mounts import prepare_mounts
from labs.datasets.progressing import do_now
from labs.datasets.work import BUILDS
from portal.users.models import User
from tests.counting import asking, cost_of, costs_the_same
from tests.labs.datasets.desk import RECIPE, Desk, make_desk, people, signing, table, tomorrow
from tests.people import Province


def as_person(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def upload(steward: Client, desk: Desk, content: bytes) -> Draft:
    sent = {
        "file": SimpleUploadedFile("people.csv", content),
        "retention_date": (timezone.localdate() + timedelta(days=30)).isoformat(),
    }
    steward.post(f"/datasets/desk/datasets/{desk.dataset.code}/deliver/", sent)
    batch = finished_import(Import.objects.get().pk)
    steward.post(f"/datasets/desk/batches/{batch.uuid}/draft/")
    return Draft.objects.get()


def posted(draft: Draft, **more: str) -> dict[str, str]:
    """Return what the editor's page sends for the recipe of the tests."""
    found = {
        "revision": str(draft.revision), "release_class": "lab", "statement": "deidentified", "k": "5",
        "suppression_max": "10", "recoding": "global", "then": "build",
    }  # fmt: skip
    for place, rule in enumerate(RECIPE["columns"].values()):
        found[f"role-{place}"] = rule["role"]
        options = {key: value for key, value in rule.items() if key != "role"}
        found[f"options-{place}"] = json.dumps(options) if options else ""
        found[f"treatment-{place}"] = "keep"  # not allowed for every role: the first allowed one is taken
    found["treatment-1"] = found["treatment-2"] = "generalize"
    return found | more


def built(steward: Client, desk: Desk, content: bytes) -> Draft:
    draft = upload(steward, desk, content)
    steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", posted(draft))
    do_now(BUILDS, Build.objects.get())
    draft.refresh_from_db()
    return draft


def test_from_file_to_version_and_its_end(desk: Desk, var: Path) -> None:
    steward, officer = as_person(desk.steward), as_person(desk.officer)
    draft = built(steward, desk, table(people()))
    address = f"/datasets/desk/drafts/{draft.uuid}/"
    assert draft.state == DraftState.ASSESSED
    # The steward cannot sign; the officer sees it waiting.
    assert page(steward, f"{address}review/").select_one(f'form[action="{address}approve/"]') is None
    assert page(officer, "/datasets/desk/").select_one(f'.card-accent a[href="{address}"]') is not None

    sent = signing(draft)
    assert steward.post(f"{address}approve/", sent).status_code == 403
    officer.post(f"{address}approve/", sent)
    draft.refresh_from_db()
    asked = steward.post(f"{address}release/", {"revision": str(draft.revision)}).content.decode()
    assert "发布这个版本？" in asked
    steward.post(f"{address}release/", {"revision": str(draft.revision), "confirmed": "yes"})
    draft.refresh_from_db()
    assert draft.state == DraftState.RELEASED
    assert draft.version is not None

    report = RiskReport.objects.get()
    shown = page(steward, f"/datasets/reports/{report.uuid}/")
    assert shown.select_one("svg rect") is not None
    assert "去标识化" in shown.text
    assert "第七十三条第三项" in shown.text
    paper = steward.get(f"/datasets/reports/{report.uuid}/paper.pdf")
    assert paper.content.startswith(b"%PDF")

    version = f"/datasets/desk/versions/{draft.version.uuid}/"
    steward.post(f"{version}grant/", {
        "username": desk.officer.username, "purpose": "核对", "start_date": timezone.localdate().isoformat(),
    })  # fmt: skip
    assert desk.officer.name in page(steward, version).text
    officer.post(f"{version}withdraw/", {"reason": "发现错误", "confirmed": "yes"})
    assert "发现错误" in page(steward, f"/datasets/{desk.dataset.code}/").text


def test_two_stewards_never_overwrite_each_other_unseen(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    first, second = posted(draft, then="save"), posted(draft, then="save", k="7")

    steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", first)
    answer = steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", second, follow=True)

    draft.refresh_from_db()
    assert draft.document["k"] == 5
    assert desk.steward.name in answer.content.decode()


def test_preview_shows_effect_and_loss(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    answer = steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", posted(draft, then="preview"), follow=True)

    text = BeautifulSoup(answer.content, "html.parser").text
    assert "P0" in text
    assert "NCP" in text
    assert not (var / "datasets" / desk.dataset.code).exists()


def test_the_effect_is_shown_while_the_recipe_is_written_and_nothing_is_saved(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    address = f"/datasets/desk/drafts/{draft.uuid}/"
    before = Draft.objects.values().get()
    shown, none, wrong = (
        BeautifulSoup(steward.post(f"{address}live/", sent).content, "html.parser").text
        for sent in (posted(draft), posted(draft, **{"role-0": ""}), posted(draft, k="-1"))
    )

    assert "NCP" in shown and "→" in shown and "ward" in shown
    assert "id" in none and "→" not in none and "k" in wrong and "→" not in wrong
    assert Draft.objects.values().get() == before and not Build.objects.exists()
    assert page(steward, address).select_one(f'#live[hx-post="{address}live/"]') is not None
    assert as_person(desk.officer).post(f"{address}live/", posted(draft)).status_code == 403


@pytest.mark.parametrize("character", ["\\u0000", "\\ud800"])
def test_what_no_table_can_hold_is_refused_and_the_draft_stays(desk: Desk, var: Path, character: str) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    sent = posted(draft, **{"options-2": f'{{"hierarchy": {{"inline": [["W0{character}", "*"]]}}}}'})
    before = Draft.objects.values().get()
    live = steward.post(f"/datasets/desk/drafts/{draft.uuid}/live/", sent).content.decode()
    saved = steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", sent, follow=True).content.decode()

    assert "无法保存的字符" in live and "无法保存的字符" in saved
    assert Draft.objects.values().get() == before


def test_a_search_that_takes_long_is_left_to_the_build(desk: Desk, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.datasets.desk.preview.MOST_SECONDS", -1.0)
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))

    text = steward.post(f"/datasets/desk/drafts/{draft.uuid}/live/", posted(draft)).content.decode()
    assert "请构建" in text and "→" not in text


@pytest.mark.parametrize("change", [
    {"options-1": "{"}, {"options-1": "[1]"}, {"k": "0"}, {"options-1": '{"width": "x"}'},
])  # fmt: skip
def test_wrong_recipes_get_a_sentence_at_the_field_and_nothing_is_saved(
    desk: Desk, var: Path, change: dict[str, str]
) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    before = Draft.objects.values().get()

    answer = steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", posted(draft, **change))

    shown, (name, value) = BeautifulSoup(answer.content, "html.parser"), next(iter(change.items()))
    field = shown.select_one(f'[name="{name}"]')
    assert answer.status_code == 400 and field is not None and field["value"] == value
    assert field.find_parent(["td", "div"]).select_one(".field-error") is not None
    assert Draft.objects.values().get() == before and not Build.objects.exists()


@pytest.mark.parametrize("change", [{"role-0": ""}, {"k": "500"}])
def test_recipes_that_cannot_be_built_get_a_sentence(desk: Desk, var: Path, change: dict[str, str]) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", posted(draft, **change))
    build = Build.objects.first()
    if build is not None:
        do_now(BUILDS, build)

    shown = page(steward, f"/datasets/desk/drafts/{draft.uuid}/")

    draft.refresh_from_db()
    assert draft.state in (DraftState.DRAFT, DraftState.ASSESSED)
    assert shown.select_one(".notice-danger, .messages") is not None


def test_recipe_goes_out_and_comes_in_as_a_file(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    for name, content in (
        ("r.json", json.dumps(RECIPE).encode()),
        ("r.yaml", b"k: 6\ncolumns:\n  id: {role: direct}\n"),
    ):
        steward.post(f"/datasets/desk/drafts/{draft.uuid}/recipe/upload/", {
            "revision": str(draft.revision), "recipe": SimpleUploadedFile(name, content),
        })  # fmt: skip
        draft.refresh_from_db()
    assert draft.document == {"k": 6, "columns": {"id": {"role": "direct"}}}
    assert json.loads(steward.get(f"/datasets/desk/drafts/{draft.uuid}/recipe/").content) == draft.document

    answer = steward.post(f"/datasets/desk/drafts/{draft.uuid}/recipe/upload/", {
        "revision": str(draft.revision), "recipe": SimpleUploadedFile("r.json", b"\xff\xfe{"),
    }, follow=True)  # fmt: skip
    assert "JSON" in answer.content.decode()


def test_the_officers_page_asks_for_a_reason_and_the_stewards_says_whom_to_ask(desk: Desk, var: Path) -> None:
    rows = [(*row, name) for row, name in zip(people(), ["王秀英", "李建国", "张伟华", "陈丽娜"] * 50, strict=True)]
    recipe = {**RECIPE, "columns": {**RECIPE["columns"], "负责人": {"role": "quasi"}}}
    draft = desk.draft(table(rows, ("id", "age", "ward", "status", "负责人")), document=recipe)
    desk.build(draft)
    address = f"/datasets/desk/drafts/{draft.uuid}/review/"
    assert not page(as_person(desk.steward), address).select("form[action$='/accept/']")
    officer = as_person(desk.officer)
    forms = page(officer, address).select("form[action$='/accept/']")
    assert len(forms) == 2
    for form in forms:
        sent = {field["name"]: field["value"] for field in form.select("input[type=hidden]") if field.get("value")}
        officer.post(form["action"], {**sent, "reason": "河长名单依法公示"})
    shown = page(officer, address)
    assert not shown.select("form[action$='/accept/']")
    assert "已接受" in shown.text and "王秀英" in shown.text
    assert "河长名单依法公示" in page(officer, address.removesuffix("review/")).text
    assert as_person(desk.steward).post(address.replace("review", "accept"), {}).status_code == 403


def test_who_a_person_is_can_be_said_on_the_page(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    for given, kept in (
        ({"person": "id，ward"}, ["id", "ward"]),
        ({"person": "id"}, "id"),
        ({"person": "", "each_row": "一行一户"}, {"each_row": "一行一户"}),
        ({"person": "", "each_row": ""}, None),
    ):
        draft.refresh_from_db()
        steward.post(f"/datasets/desk/drafts/{draft.uuid}/save/", posted(draft, **given))
        draft.refresh_from_db()
        assert draft.document.get("person") == kept


def test_desk_of_another_scope_is_not_there(desk: Desk, var: Path, world: Province) -> None:
    steward = as_person(desk.steward)
    draft = upload(steward, desk, table(people()))
    assert "age" in page(steward, f"/datasets/desk/batches/{draft.batch.uuid}/").text
    stranger = world.person("stranger", "生人", world.department_b)
    world.grant(stranger, "data_steward", "region", world.county_b.uuid)
    other = as_person(stranger)

    for address in (
        f"/datasets/desk/datasets/{desk.dataset.code}/",
        f"/datasets/desk/batches/{draft.batch.uuid}/",
        f"/datasets/desk/drafts/{draft.uuid}/",
    ):
        assert other.get(address).status_code == 404
    assert other.post(f"/datasets/desk/drafts/{draft.uuid}/save/", posted(draft)).status_code == 404


def test_the_lists_ask_as_often_for_many_as_for_few(desk: Desk, var: Path, world: Province) -> None:
    steward = as_person(desk.steward)
    desk.draft()

    def more_datasets() -> None:
        for _ in range(3):
            make_desk(world, f"more-{uuid.uuid4().hex[:6]}")

    def more_drafts() -> None:
        desk.draft()
        desk.draft()

    costs_the_same(asking(steward, "/datasets/desk/"), row="/datasets/desk/datasets/", grow=more_datasets, most=40)
    address = f"/datasets/desk/datasets/{desk.dataset.code}/"
    costs_the_same(asking(steward, address), row="/datasets/desk/drafts/", grow=more_drafts, most=40)


def test_the_page_of_a_draft_asks_few_queries(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    draft = built(steward, desk, table(people()))
    ask = asking(steward, f"/datasets/desk/drafts/{draft.uuid}/")
    ask()

    cost = cost_of(ask, "ward")

    assert len(cost.queries) <= 40
    assert cost.rows > 0


def test_a_dataset_is_registered_by_hand_and_changed(desk: Desk, var: Path) -> None:
    steward = as_person(desk.steward)
    form = page(steward, "/datasets/desk/register/").select_one("form.form")
    assert form is not None
    sent = {
        "code": "trees", "title": "行道树", "description": "每棵树的位置", "topic": "other", "source": "园林局",
        "license": "CC BY 4.0", "refresh": "yearly", "owner": str(desk.dataset.owner_id),
    }  # fmt: skip

    assert steward.post("/datasets/desk/register/", {**sent, "code": desk.dataset.code}).status_code == 200
    answer = steward.post("/datasets/desk/register/", sent)
    assert answer["Location"] == "/datasets/desk/datasets/trees/"
    steward.post("/datasets/desk/datasets/trees/change/", {**sent, "title": "城区行道树"})

    assert "城区行道树" in page(steward, "/datasets/desk/datasets/trees/").text


def test_a_renewal_waits_on_the_officers_desk_until_it_is_signed(desk: Desk, var: Path) -> None:
    version = desk.release(desk.draft(), days=2)
    steward, officer = as_person(desk.steward), as_person(desk.officer)
    waiting = f'.card-accent a[href="/datasets/desk/versions/{version.uuid}/"]'
    steward.post(f"/datasets/desk/versions/{version.uuid}/renew/")
    assert page(officer, "/datasets/desk/").select_one(waiting) is not None
    assert page(steward, "/datasets/desk/").select_one(waiting) is None

    report = RiskReport.objects.get(approved_at__isnull=True)
    room = page(officer, f"/datasets/desk/drafts/{report.draft.uuid}/review/")
    sign = f"/datasets/desk/reports/{report.uuid}/sign/"
    assert room.select_one(f'form[action="{sign}"]') is not None
    assert officer.post(sign, {"valid_until": tomorrow(400).isoformat(), "note": ""}).status_code == 400
    assert page(officer, "/datasets/desk/").select_one(waiting) is not None
    officer.post(sign, signing(report.draft, 400))

    assert page(officer, "/datasets/desk/").select_one(waiting) is None


def test_the_log_of_mounts_says_why_in_words(desk: Desk, var: Path, official: User) -> None:
    version, now = desk.release(desk.draft()), timezone.now()
    grant_access(
        version=version, user=official, purpose="实训", start_date=timezone.localdate(now), by=desk.steward, at=now
    )
    prepare_mounts(official, at=now)

    log = page(as_person(desk.steward), f"/datasets/desk/versions/{version.uuid}/").get_text()

    assert "授权：实训" in log and "grant:" not in log


def test_a_steward_makes_a_synthetic_twin_from_the_versions_page(desk: Desk, var: Path) -> None:
    version, steward = desk.release(desk.draft()), as_person(desk.steward)
    address = f"/datasets/desk/versions/{version.uuid}/"
    assert page(as_person(desk.officer), address).select_one(f'form[action="{address}twin/"]') is None
    assert page(steward, address).select_one(f'form[action="{address}twin/"]') is not None

    assert steward.post(f"{address}twin/").headers["Location"] == "/datasets/desk/datasets/complaints-twin/"
    batch = finished_import(Import.objects.get(address="twin:complaints/1").pk)
    text = page(steward, f"/datasets/desk/batches/{batch.uuid}/").get_text()

    assert "可用性" in text and "泄露风险" in text


def test_a_delivery_is_plotted_and_its_pictures_have_names(desk: Desk, var: Path) -> None:
    batch = desk.batch(table([*people(), ("P<i>9", "", "W0", "open")]))

    shown = page(as_person(desk.steward), f"/datasets/desk/batches/{batch.uuid}/")

    names = [picture["aria-label"] for picture in shown.select("main svg[role=img]")]
    assert {"age 的分布", "ward 的分布"} <= set(names)
    bars = [title.get_text() for title in shown.select('svg[aria-label="ward 的分布"] title')]
    assert sum(int(bar.rpartition(": ")[2]) for bar in bars) == batch.rows
    assert shown.select("svg i") == [] and len(shown.select(".plot rect")) == 2 * len(batch.columns)
