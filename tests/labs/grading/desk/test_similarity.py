"""Likeness of answers: what renaming does not hide, what does not count, and who may read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from labs.grading.actions.similarity import request_report
from labs.grading.models import SimilarityReport, SimilarPair
from labs.grading.paper.winnowing import common_fingerprints, fingerprints, likenesses, shared_lines, tokens_of
from portal.queue.registry import kinds_of
from portal.queue.worker import work_once
from portal.users.models import User
from tests.classroom import NOW, Classroom

from .making import sign_in, submitted, trainee

ORIGINAL = """def guide(table, hour):
    now = table[table["hour"] == hour]
    rates = now.groupby("lot")["used"].sum() / now.groupby("lot")["size"].sum()
    chosen = [name for name, rate in rates.items() if rate < 0.7]
    return sorted(chosen, key=lambda name: -rates[name])[:3]
"""
RENAMED = """# 我自己写的
def guide( data, clock ):
    part = data[ data['t'] == clock ]   # 选时段
    share = part.groupby('id')['a'].sum() / part.groupby('id')['b'].sum()

    picked = [ one for one, value in share.items() if value < 0.6 ]
    return sorted(picked, key=lambda one: -share[one])[:5]
"""
DIFFERENT = """def guide(table, hour):
    result = {}
    for row in table.itertuples():
        if row.hour != hour:
            continue
        result.setdefault(row.lot, []).append(row.size - row.used)
    ranked = max(result, key=lambda lot: sum(result[lot]) / len(result[lot]))
    return [ranked]
"""


def prints(text: str, *, is_code: bool = True) -> set[int]:
    return set(fingerprints(tokens_of(text, is_code=is_code), is_code=is_code))


def test_renaming_and_layout_hide_nothing() -> None:
    found = likenesses({"a": prints(ORIGINAL), "b": prints(RENAMED), "c": prints(DIFFERENT)}, set())

    assert [(each.left, each.right) for each in found] == [("a", "b")]
    assert found[0].percent >= 90


def test_what_was_handed_out_and_what_most_wrote_counts_for_nobody() -> None:
    many = {f"t{number}": prints(ORIGINAL) for number in range(12)}

    assert not likenesses({"a": prints(ORIGINAL), "b": prints(RENAMED)}, prints(ORIGINAL))
    assert common_fingerprints(many) == prints(ORIGINAL)
    assert not likenesses(many, set())


def test_chinese_text_is_compared_by_characters() -> None:
    text = "上屏还需要停车场坐标与出入口、周边道路实时路况，分别由自然资源和公安交管部门提供，每五分钟更新一次。"
    copied = f"我认为，{text.replace('，', ' ')}以上。"
    own = "诱导建议须标明更新时间，数据超过十分钟没有更新时不显示推荐，只保留固定指路标志，由运营单位负责。"
    found = likenesses(
        {key: prints(each, is_code=False) for key, each in (("a", text), ("b", copied), ("c", own))}, set()
    )

    assert [(each.left, each.right) for each in found] == [("a", "b")]


def test_shared_lines_are_named() -> None:
    left, right = shared_lines(f"x = 1\n{ORIGINAL}", RENAMED, set(), is_code=True)

    assert {3, 4, 5, 6} <= left
    assert 1 not in right  # a comment


def test_unfinished_code_is_compared_too() -> None:
    assert prints(ORIGINAL + "\n(((") & prints(ORIGINAL)


@pytest.mark.django_db
def test_report_of_an_assignment(classroom: Classroom, client: Client) -> None:
    for number, answer in enumerate((ORIGINAL, RENAMED, DIFFERENT)):
        text = f"{'甲乙丙'[number]}写的思考，各不相同。"
        submitted(classroom, trainee(classroom, number), answer=answer, text=text, at=NOW)
    desk = sign_in(client, classroom.instructor)
    address = f"/labs/similarity/{classroom.assignment.uuid}/"

    assert desk.post(address).status_code == 302
    assert desk.post(address).status_code == 302
    assert 'hx-trigger="every 2s"' in desk.get(address).content.decode()
    kind = next(kind for kind in kinds_of("other") if kind.name == "grading.similarity")
    assert work_once(kind, "w:1")

    report = SimilarityReport.objects.get()
    pair = SimilarPair.objects.get()
    assert (report.status, report.done, report.total) == ("done", 3, 3)
    assert pair.grade_id == "q1" and pair.percent >= 90
    assert "学员000 – 学员001" in desk.get(address).content.decode()
    page = desk.get(f"{address}pairs/{pair.pk}/").content.decode()
    assert page.count('class="is-shared"') >= 8


@pytest.mark.django_db
def test_only_instructors_of_the_run_compare_and_read(classroom: Classroom, outsider: User, client: Client) -> None:
    classroom.world.grant(outsider, "instructor", "run", classroom.lab.uuid)

    with pytest.raises(PermissionDenied):
        request_report(assignment=classroom.assignment, by=outsider, at=NOW + timedelta(days=1))
    assert sign_in(client, outsider).get(f"/labs/similarity/{classroom.assignment.uuid}/").status_code == 404
