"""nbgrader's exchange: own things only, archives read without trust."""

from __future__ import annotations

import io
import stat
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labs.assignments.models import LabRelease
from labs.grading.lab_api.archives import pack, unpack
from labs.grading.lab_api.frame import ApiError
from labs.grading.models import Submission
from labs.hub.actions import issue_token
from labs.hub.models import Scope
from portal.audit.models import AuditEvent
from portal.users.models import User
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


@pytest.fixture
def publishing(labs: dict[str, Client], classroom: Classroom) -> Client:
    """Return a terminal of the instructor with a token that a session with a second factor took."""
    user = classroom.instructor
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return Client(headers={"Authorization": f"token {command_token(user, Scope.PUBLISH)}"})


def command_token(user: User, scope: Scope) -> str:
    return issue_token(scope=scope, has_second_factor=True, by=user, at=timezone.now())[1]


@pytest.mark.parametrize("bearer", ["trainee's lab", "instructor's lab", "trainee's command", "instructor's command"])
@pytest.mark.parametrize("path", [BASE, "/api/exchange/other/parking"])
def test_no_lasting_or_working_token_publishes_or_reads_a_source(
    bearer: str, path: str, labs: dict[str, Client], classroom: Classroom
) -> None:
    person, _, kind = bearer.partition("'s ")
    lab = labs[person]
    if kind == "command":
        text = command_token({"trainee": classroom.trainee, "instructor": classroom.instructor}[person], Scope.WORK)
        lab = Client(headers={"Authorization": f"token {text}"})
    source = pack({"parking.ipynb": encode(SOURCE)})

    answers = [
        lab.put(f"{path}/release.zip?kind=source", source),
        lab.put(f"{path}/release.zip?kind=release", source),
        lab.put(f"{path}/release.zip", source),
        lab.get(f"{path}/release.zip?kind=source"),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "publishing_token_needed")
        assert settings.PORTAL_URL + reverse("hub:tokens", "portal.urls") in answer.json()["error"]["message"]
    assert LabRelease.objects.filter(lab=classroom.lab).count() == 1


def test_an_instructor_releases_a_source(
    publishing: Client, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labs.grading.lab_api.exchange.GraderSocket.from_settings", lambda: SteadyGrader())
    source = encode(with_answers(SOURCE, t1="## 第 1 题 再求和"))

    first = publishing.put(f"{BASE}/release.zip?kind=source", pack({"parking.ipynb": source}))
    again = publishing.put(f"{BASE}/release.zip?kind=source", pack({"parking.ipynb": source}))
    ignored = publishing.put(f"{BASE}/release.zip?kind=release", pack({"parking.ipynb": source}))

    assert first.status_code == 201 and first.json()["number"] == 2
    assert again.json() == first.json()
    assert ignored.json() == {"accepted": False}
    assert LabRelease.objects.filter(lab=classroom.lab).count() == 2


def test_an_instructor_reads_back_the_source_of_own_runs_alone(publishing: Client) -> None:
    files = unpack(publishing.get(f"{BASE}/release.zip?kind=source").content)

    assert files == {"parking.ipynb": encode(SOURCE), "note.txt": b"hello"}
    assert AuditEvent.objects.filter(event="assignments.source_handed_out").count() == 1
    for path in ("other/parking", "cdp-2026/other"):
        assert publishing.get(f"/api/exchange/{path}/release.zip?kind=source").status_code == 404
        assert publishing.put(f"/api/exchange/{path}/release.zip?kind=source", b"").status_code == 404


def test_a_command_line_of_a_trainee_does_what_the_lab_does(labs: dict[str, Client], classroom: Classroom) -> None:
    command = Client(headers={"Authorization": f"token {command_token(classroom.trainee, Scope.WORK)}"})

    assert command.get("/api/exchange/assignments").json() == labs["trainee"].get("/api/exchange/assignments").json()
    packed = pack({"parking.ipynb": solved()})
    sent = command.post(f"{BASE}/submissions", packed, content_type="application/zip")
    assert sent.status_code == 201 and Submission.objects.get().user == classroom.trainee


@pytest.mark.parametrize("header", ["", "token", "token ", "token cx_unknown", "Basic dTpw", "token unknown"])
def test_a_command_line_without_a_token_is_told_where_to_get_one(labs: dict[str, Client], header: str) -> None:
    answer = Client(headers={"Authorization": header}).get("/api/exchange/assignments")

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
    for words in (answer.json()["error"]["message"], answer.json()["error"]["message_en"]):
        assert settings.PORTAL_URL + reverse("hub:tokens", "portal.urls") in words and "CHENGXUE_TOKEN" in words


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
