"""What happens to a record after it was sent, and archives: cases 8, 10, 19 and 28 of the threat list."""

from __future__ import annotations

import hashlib
import io
import stat
import time
import tracemalloc
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from labs.grading.actions import record_result
from labs.grading.lab_api.archives import pack, unpack
from labs.grading.lab_api.frame import ApiError
from labs.grading.models import Grade, GradingRun, Submission
from portal.queue.actions import take
from tests.classroom import NOW, Classroom, classroom, result, solved
from tests.fake_hub import fake_hub
from tests.labs.grading.lab_api.test_assignments import lab, path_of, submit

pytestmark = pytest.mark.slow

__all__ = ["classroom", "fake_hub", "lab"]
MEBIBYTE = 1 << 20


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return packed.getvalue()


def special(name: str, mode: int, content: bytes = b"/etc/shadow") -> tuple[zipfile.ZipInfo, bytes]:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry, content


def lying() -> bytes:
    """Return an entry that is longer than its head says."""
    content = bytearray(zipped(("a.ipynb", b"x" * 5000)))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = content.index(mark) + (22 if mark == b"PK\x03\x04" else 24)
        content[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(content)


def overlapping() -> bytes:
    """Many names in the directory, all for the same bytes."""
    packed = zipped(("a", bytes(40 * MEBIBYTE)))
    start = packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    directory = packed[start:end] * 400
    tail = bytearray(packed[end:])
    tail[8:12] = (400).to_bytes(2, "little") * 2
    tail[12:16] = len(directory).to_bytes(4, "little")
    return packed[:start] + directory + bytes(tail)


ARCHIVES: dict[str, bytes] = {
    "slip": zipped(("../../x.ipynb", b"x")),
    "absolute": zipped(("/etc/cron.d/x", b"x")),
    "backslash": zipped(("..\\..\\x", b"x")),
    "symbolic-link": zipped(special("x.ipynb", stat.S_IFLNK | 0o777)),
    "device": zipped(special("x", stat.S_IFBLK | 0o666, b"")),
    "pipe": zipped(special("x", stat.S_IFIFO | 0o666, b"")),
    "socket": zipped(special("x", stat.S_IFSOCK | 0o666, b"")),
    "many-entries": zipped(*((f"f{number}", b"") for number in range(70_000))),
    "bomb": zipped(*((f"f{number}", bytes(30 * MEBIBYTE)) for number in range(4))),
    "lying-head": lying(),
    "overlapping": overlapping(),
    "cut-off": zipped(("a", b"x" * 5000))[:-30],
    "no-archive": b"PK\x05\x06" + b"\xff" * 100,
    "encrypted": zipped(("a", b"x")).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_hostile_archives_are_refused_at_once_without_memory(name: str) -> None:
    tracemalloc.start()
    began = time.monotonic()

    with pytest.raises(ApiError):
        unpack(ARCHIVES[name])

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.monotonic() - began < 10
    assert peak < 100 * MEBIBYTE


def test_nested_archives_are_not_opened() -> None:
    inner = zipped(("../x", b"x"))

    assert unpack(pack({"inner.zip": inner})) == {"inner.zip": inner}


@pytest.mark.django_db(transaction=True)
def test_a_submission_stays_as_it_was_sent(lab: Client, classroom: Classroom) -> None:
    uuid = submit(lab, classroom).json()["uuid"]
    submission = Submission.objects.get(uuid=uuid)

    answers = [
        getattr(lab, method)(path, b"{}", content_type="application/json").status_code
        for method in ("put", "patch", "delete", "post")
        for path in (f"/api/lab/submissions/{uuid}", f"/api/lab/submissions/{uuid}/status")
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).delete()

    assert set(answers) <= {404, 405}
    with storages["submissions"].open(submission.path, "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == submission.sha256 == hashlib.sha256(solved()).hexdigest()


@pytest.mark.django_db
def test_a_result_counts_for_the_run_that_is_held_and_for_no_other(classroom: Classroom) -> None:
    first, second = classroom.submit(), classroom.submit(at=NOW + timedelta(minutes=5))
    held = take(
        GradingRun.objects.order_by("pk"), worker="w:1", at=NOW + timedelta(hours=1), lease=timedelta(seconds=30)
    )
    assert held is not None and held.submission == first
    foreign = GradingRun.objects.get(submission=second)
    foreign.lease_token = held.lease_token

    replayed = record_result(run=foreign, result=result(), at=NOW + timedelta(hours=1))
    recorded = record_result(run=held, result=result(), at=NOW + timedelta(hours=1))
    again = record_result(run=held, result=result(score=0, verdict="failed"), at=NOW + timedelta(hours=1))

    assert (replayed, again) == (None, None)
    assert recorded is not None
    assert Grade.objects.count() == 1


@pytest.mark.django_db
def test_the_server_stamps_the_time_whatever_the_caller_says(lab: Client, classroom: Classroom) -> None:
    before = timezone.now()
    headers: dict[str, Any] = {"Idempotency-Key": "k", "Date": "Wed, 01 Jan 2020 00:00:00 GMT", "X-Timestamp": "0"}

    answer = lab.post(
        path_of(classroom, "/submissions?received_at=2020-01-01&timestamp=0"),
        solved(),
        content_type="application/json",
        headers=headers,
    )

    submission = Submission.objects.get(uuid=answer.json()["uuid"])
    assert before <= submission.received_at <= timezone.now()
