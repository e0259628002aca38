"""nbgrader's exchange: own things only, archives read without trust."""

from __future__ import annotations

import io
import stat
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from labs.assignments.models import LabRelease
from labs.grading.lab_api.archives import pack, unpack
from labs.grading.lab_api.frame import ApiError
from labs.grading.models import Submission
from tests.classroom import SOURCE, Classroom, SteadyGrader, solved
from tests.fake_hub import FakeHub
from tests.graders import encode, with_answers

pytestmark = pytest.mark.django_db
BASE = "/api/exchange/cdp-2026/parking"


@pytest.fixture
def labs(classroom: Classroom, fake_hub: FakeHub, settings: Any) -> dict[str, Client]:
    """Labs of trainee and instructor."""
    settings.ROOT_URLCONF = "portal.lab_api_urls"
    cache.clear()
    now = timezone.now()
    classroom.assignment.opens_at, classroom.assignment.due_at = now - timedelta(days=1), now + timedelta(days=1)
    classroom.assignment.save()
    people = {"trainee": classroom.trainee, "instructor": classroom.instructor}
    tokens = {name: fake_hub.give(user.hub_username, name * 4) for name, user in people.items()}
    return {name: Client(headers={"Authorization": f"token {token}"}) for name, token in tokens.items()}


def test_list_fetch_submit_and_list_submissions(labs: dict[str, Client]) -> None:
    lab = labs["trainee"]
    listed = lab.get("/api/exchange/assignments").json()
    fetched = unpack(lab.get(f"{BASE}/release.zip").content)
    sent = lab.post(
        f"{BASE}/submissions", pack({"parking.ipynb": solved(), "note.txt": b"x"}), content_type="application/zip"
    )
    submissions = lab.get(f"{BASE}/submissions").json()["submissions"]

    assert listed == {"assignments": [{"course_id": "cdp-2026", "assignment_id": "parking", "notebooks": ["parking"]}]}
    assert set(fetched) == {"parking.ipynb", "note.txt"}
    assert sent.status_code == 201 and sent.json()["id"].startswith("SJ-")
    assert [each["receipt"] for each in submissions] == [sent.json()["id"]]
    assert submissions[0]["feedback"] is False


def test_a_trainee_releases_nothing(labs: dict[str, Client]) -> None:
    answer = labs["trainee"].put(f"{BASE}/release.zip?kind=source", pack({"parking.ipynb": encode(SOURCE)}))

    assert answer.status_code == 403
    assert labs["trainee"].put("/api/exchange/other/parking/release.zip?kind=source", b"").status_code == 404


def test_an_instructor_releases_a_source(
    labs: dict[str, Client], classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labs.grading.lab_api.exchange.GraderSocket.from_settings", lambda: SteadyGrader())
    source = encode(with_answers(SOURCE, t1="## 第 1 题 再求和"))

    first = labs["instructor"].put(f"{BASE}/release.zip?kind=source", pack({"parking.ipynb": source}))
    again = labs["instructor"].put(f"{BASE}/release.zip?kind=source", pack({"parking.ipynb": source}))
    ignored = labs["instructor"].put(f"{BASE}/release.zip?kind=release", pack({"parking.ipynb": source}))

    assert first.status_code == 201 and first.json()["number"] == 2
    assert again.json() == first.json()
    assert ignored.json() == {"accepted": False}
    assert LabRelease.objects.filter(lab=classroom.lab).count() == 2


def test_an_instructor_without_a_place_has_nothing_to_fetch(labs: dict[str, Client]) -> None:
    assert labs["instructor"].get(f"{BASE}/release.zip").status_code == 404


def zip_of(*entries: tuple[str, bytes, int]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


FILE = stat.S_IFREG | 0o644


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no zip",
        zip_of(("../parking.ipynb", b"{}", FILE)),
        zip_of(("/parking.ipynb", b"{}", FILE)),
        zip_of(("a\\b.ipynb", b"{}", FILE)),
        zip_of(("parking.ipynb", b"/etc/passwd", stat.S_IFLNK | 0o777)),
        zip_of(("a.ipynb", b"{}", FILE), ("b.ipynb", b"{}", FILE)),
        zip_of(("note.txt", b"x", FILE)),
        zip_of(*((f"{number}.txt", b"", FILE) for number in range(501))),
        zip_of(("parking.ipynb", b"0" * (65 * 1024 * 1024), FILE)),
        pack({"parking.ipynb": b"[" * 100}),
    ],
)
def test_bad_archives_are_refused(labs: dict[str, Client], packed: bytes) -> None:
    answer = labs["trainee"].post(f"{BASE}/submissions", packed, content_type="application/zip")

    assert answer.status_code in (400, 413)
    assert answer.json()["error"]["message_en"]
    assert not Submission.objects.exists()


def test_a_size_that_lies_is_found_out() -> None:
    packed = bytearray(pack({"a.ipynb": b"x" * 1000}))
    at = packed.rindex(b"PK\x01\x02") + 24
    packed[at : at + 4] = (10).to_bytes(4, "little")

    with pytest.raises(ApiError):
        unpack(bytes(packed))
