"""The clock tells stewards a month before a report ends, once, and forgets what no draft stands for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from labs.datasets.actions import return_draft
from labs.datasets.actions.expiring import tell_of_expiry
from labs.datasets.actions.releasing import settle_withdrawals
from labs.datasets.models import Withdrawal
from portal.notifications.models import Notice
from portal.notifications.registry import sentence
from tests.labs.datasets.desk import Desk, folder_of_version


def test_a_steward_hears_once_that_a_report_ends(desk: Desk) -> None:
    desk.release(desk.draft(), days=40)
    for days in (5, 15, 16, 60):
        tell_of_expiry(timezone.now() + timedelta(days=days))

    notice = Notice.objects.get(user=desk.steward, kind="datasets.report_expires")
    assert "测试投诉" in sentence(notice.kind, notice.params)


def test_what_a_dead_process_left_of_a_withdrawal_is_finished(desk: Desk, var: Path) -> None:
    version = desk.release(desk.draft())
    Withdrawal.objects.create(version=version, at=timezone.now(), by=desk.officer, reason="错误")
    settle_withdrawals(timezone.now())

    assert not folder_of_version(version, var).exists()
    assert (var / "raw/withdrawn/complaints-1/data.csv").is_file()


def test_output_of_a_build_that_no_draft_stands_for_is_forgotten(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    old = desk.build(draft)
    return_draft(draft=draft, revision=draft.revision, reason="再来", by=desk.steward, at=timezone.now())
    new = desk.build(draft)
    settle_withdrawals(timezone.now())

    assert not (var / "raw" / old.folder).exists() and (var / "raw" / new.folder / "data.csv").is_file()
