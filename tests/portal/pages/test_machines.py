"""The administrator's page of machines and queues: every machine, those that fell silent marked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from labs.hub.models import HubRevocation
from portal.queue.models import RunningProcess
from portal.queue.processes import SEEN_WITHIN
from portal.users.models import User
from tests.people import Province
from tests.portal.pages.test_work import browser_of

pytestmark = pytest.mark.django_db

FACTS = {
    "lanes": ["interactive", "check", "batch"],
    "places": 4,
    "grader": {"is_up": False, "limits": {"cpu_s": 60, "wall_s": 120, "memory_mb": 2048}},
    "machine": {"memory_mb": [512, 4096], "disk_mb": [100, 2000], "load": 1.5, "processors": 2},
}


@pytest.fixture
def administrator(world: Province) -> User:
    user = world.person("guan.li", "管理", world.department_a)
    world.grant(user, "administrator", "province", world.province.uuid)
    return user


def test_every_machine_is_shown_and_a_silent_one_is_marked(administrator: User) -> None:
    now = timezone.now()
    for host, name, ago, facts in (
        ("pingfen-1", "worker", timedelta(seconds=5), FACTS),
        ("pingfen-2", "worker", SEEN_WITHIN + timedelta(seconds=5), FACTS),
        ("wangzhan", "web", timedelta(0), {"processes": 2, "threads": 4}),
    ):
        RunningProcess.objects.create(
            host=host, name=name, version="1.2.3", started_at=now - timedelta(days=1), seen_at=now - ago, facts=facts
        )

    page = browser_of(administrator).get("/work/machines/")

    told = {machine.host: machine.is_seen for machine in page.context["machines"]}
    assert told == {"pingfen-1": True, "pingfen-2": False, "wangzhan": True}
    text = page.content.decode()
    assert text.count("最近没有消息") == 2
    for sentence in (
        "同时评分 4 份",
        "评分程序没有应答",
        "内存剩 512 / 4096 MB",
        "2 × 4 个线程",
        "其中 1 个位置只评提交",
    ):
        assert sentence in text
    assert "一次评分至多 120 秒、处理器 60 秒、内存 2048 MB" in text


def test_without_rows_the_page_says_what_comes(administrator: User) -> None:
    page = browser_of(administrator).get("/work/machines/")

    assert "还没有进程写下情况" in page.content.decode()
    assert "/work/machines/" in browser_of(administrator).get("/work/").content.decode()


@pytest.mark.parametrize(
    ("language", "name"), [("zh-hans", "收回实训访问权限"), ("en", "Revocation of access to labs")]
)
def test_work_that_waits_is_called_by_its_name(administrator: User, language: str, name: str) -> None:
    now = timezone.now()
    HubRevocation.objects.create(user=administrator, reason="logout", created_at=now, not_before=now)
    browser = browser_of(administrator)
    browser.cookies["django_language"] = language

    page = BeautifulSoup(browser.get("/work/machines/").content, "html.parser")

    row = page.select_one("#queues ~ div tbody tr")
    assert row is not None
    assert [cell.get_text(strip=True) for cell in row.select("th, td")][:2] == [name, "1"]
    assert "hub.revocation" not in page.get_text()
