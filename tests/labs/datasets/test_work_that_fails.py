"""Whatever goes wrong in the workshop, the row on the desk ends, and in a sentence."""

from __future__ import annotations

import errno
import io
import json
import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from labs.datasets import progressing
from labs.datasets.actions import ask_import, keep_upload
from labs.datasets.models import Import, Outcome
from labs.datasets.progressing import do_now
from labs.datasets.work import IMPORTS
from labs.datasets.workshop import __main__ as program
from portal.queue.models import WorkStatus
from portal.queue.worker import work_once
from tests.labs.datasets.desk import Desk, people, table


def asked(desk: Desk, content: bytes | None = None) -> Import:
    """Return an import that waits for the worker."""
    path = keep_upload([content or table(people())], "people.csv", most_bytes=1 << 20)
    return ask_import(
        dataset=desk.dataset, address="upload:people.csv", upload_path=path, by=desk.steward, at=timezone.now()
    )


def ended(work: Import) -> Import:
    do_now(IMPORTS, work, patience_s=60)
    work.refresh_from_db()
    return work


@pytest.mark.parametrize(
    ("problem", "key"),
    [
        (MemoryError(), "memory"),
        (OSError(errno.ENOSPC, "full"), "disk_full"),
        (ZeroDivisionError("a bug"), "failed"),
        (OSError(errno.EIO, "/srv/secret/place"), "failed"),
    ],
)
def test_the_program_answers_whatever_happens(
    problem: Exception, key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_job: Any) -> dict[str, Any]:
        raise problem

    monkeypatch.setitem(program.WORKS, "profile", fail)
    monkeypatch.setattr(program, "_end_with_input", lambda: None)
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"work": "profile"}\n'))

    assert program.main() == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["event"], answer["key"]) == ("refused", key)
    assert answer["message"].endswith("。") and answer["message_en"].endswith(".")
    assert "secret" not in answer["message"] + answer["message_en"]


def test_a_job_that_the_program_cannot_do_is_a_sentence_on_the_row(desk: Desk, var: Path) -> None:
    work = asked(desk)
    Import.objects.filter(pk=work.pk).update(file_format="no such")

    work = ended(work)
    assert (work.status, work.outcome) == (WorkStatus.DONE, Outcome.REFUSED)
    assert "KeyError" in work.message and "KeyError" in work.message_en
    assert str(var) not in work.message


def test_a_program_that_is_always_killed_ends_in_a_sentence(
    desk: Desk, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = tmp_path / "killed"
    killed.write_text("#!/bin/sh\nkill -KILL $$\n", "utf-8")
    killed.chmod(killed.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("labs.datasets.child.sys.executable", str(killed))

    work = ended(asked(desk))

    assert (work.status, work.outcome, work.attempts) == (WorkStatus.DONE, Outcome.REFUSED, 3)
    assert (work.message, work.message_en) == progressing.DIED_MESSAGE
    assert not list((var / "raw" / "batches").iterdir()), "the upload is left behind"


def test_a_row_whose_worker_died_three_times_says_so_on_the_page(desk: Desk, var: Path, client: Client) -> None:
    work = asked(desk)
    gone = timezone.now() - timedelta(minutes=1)
    Import.objects.filter(pk=work.pk).update(
        status=WorkStatus.RUNNING, attempts=3, lease_until=gone, lease_token="x", worker="nowhere:1", percent=99
    )

    assert not work_once(IMPORTS, "here:1", work.pk)
    work.refresh_from_db()
    assert work.status == WorkStatus.NEEDS_PERSON and not work.is_open
