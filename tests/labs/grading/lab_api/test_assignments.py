"""The lab API: who calls is decided by the hub alone, everybody sees only their own."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from courses.learning.actions import enroll
from labs.grading.actions import record_result
from labs.grading.models import GradingRun, Submission
from labs.grading.turns import waiting_in_turn
from labs.hub.identity import forget_user
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import Classroom, result, solved
from tests.counting import asking, cost_of
from tests.fake_hub import FakeHub

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab(classroom: Classroom, fake_hub: FakeHub, settings: Any) -> Client:
    """Return the trainee's Lab, which calls with its token; the lab opens and closes around today."""
    settings.ROOT_URLCONF = "portal.lab_api_urls"
    cache.clear()
    now = timezone.now()
    classroom.assignment.opens_at, classroom.assignment.due_at = now - timedelta(days=1), now + timedelta(days=1)
    classroom.assignment.save()
    token = fake_hub.give(classroom.trainee.hub_username, "t" * 32)
    return Client(headers={"Authorization": f"token {token}"}, raise_request_exception=False)


def path_of(classroom: Classroom, tail: str = "") -> str:
    return f"/api/lab/assignments/{classroom.assignment.uuid}{tail}"


def submit(lab: Client, classroom: Classroom, content: bytes = b"", key: str = "k1", **extra: Any) -> Any:
    return lab.post(
        path_of(classroom, "/submissions"), content or solved(), content_type="application/json",
        headers={"Idempotency-Key": key}, **extra,
    )  # fmt: skip


def grade() -> None:
    now = timezone.now()
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=now, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(manual="failed"), at=now)


def test_the_state_of_an_assignment(lab: Client, classroom: Classroom) -> None:
    state = lab.get(path_of(classroom)).json()

    assert state["notebook"] == "cdp-2026/parking/parking.ipynb"
    assert (state["state"], state["attempts_used"], state["attempts_max"], state["latest"]) == ("open", 0, 3, None)
    assert state["portal_url"].endswith(f"/labs/{classroom.assignment.uuid}/")
    assert lab.get("/api/lab/assignments").json()["assignments"][0]["uuid"] == str(classroom.assignment.uuid)


def test_files_hold_the_release_and_nothing_of_the_source(lab: Client, classroom: Classroom) -> None:
    response = lab.get(path_of(classroom, "/files.zip"))

    assert response.headers["X-Release"] == str(classroom.release.uuid)
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert sorted(archive.namelist()) == ["note.txt", "parking.ipynb"]
        assert b"BEGIN SOLUTION" not in archive.read("parking.ipynb")


def test_submit_poll_and_read_the_result(lab: Client, classroom: Classroom) -> None:
    sent = submit(lab, classroom)
    receipt = sent.json()
    waiting = lab.get(f"/api/lab/submissions/{receipt['uuid']}/status")
    grade()
    graded = lab.get(f"/api/lab/submissions/{receipt['uuid']}/status", headers={"If-None-Match": waiting["ETag"]})
    same = lab.get(f"/api/lab/submissions/{receipt['uuid']}/status", headers={"If-None-Match": graded["ETag"]})
    whole = lab.get(f"/api/lab/submissions/{receipt['uuid']}").json()

    assert sent.status_code == 201
    assert receipt["sha256"] == hashlib.sha256(solved()).hexdigest() and receipt["receipt"].startswith("SJ-")
    assert waiting.json()["status"] == "queued" and waiting.json()["place"] == 1
    assert len(waiting.content) <= 300 and len(graded.content) <= 300
    assert (graded.status_code, graded.json()["score"], graded.json()["passed"]) == (200, 6, True)
    assert (same.status_code, same.content) == (304, b"")
    assert [each["verdict"] for each in whole["questions"]] == ["passed", "failed"]


def test_the_same_post_twice_is_one_submission(lab: Client, classroom: Classroom) -> None:
    first, second = submit(lab, classroom), submit(lab, classroom)

    assert first.json() == second.json()
    assert Submission.objects.count() == 1


def test_a_check_gives_no_receipt(lab: Client, classroom: Classroom) -> None:
    check = lab.post(path_of(classroom, "/checks"), solved(), content_type="application/json")
    grade()
    status = lab.get(f"/api/lab/submissions/{check.json()['uuid']}/status").json()

    assert (status["status"], status["passed"], status["attempt"]) == ("graded", None, None)


def test_a_third_unfinished_check_is_refused_in_both_languages(lab: Client, classroom: Classroom) -> None:
    address = path_of(classroom, "/checks")
    for _ in range(2):
        assert lab.post(address, solved(), content_type="application/json").status_code == 201
        assert take(waiting_in_turn(["check"]), worker="w:1", at=timezone.now(), lease=timedelta(minutes=5))

    third = lab.post(address, solved(), content_type="application/json")

    assert third.status_code == 429
    error = third.json()["error"]
    assert error["code"] == "checks_unfinished"
    assert "您还有两次检查没有完成" in error["message"] and "not finished yet" in error["message_en"]
    assert submit(lab, classroom).status_code == 201


def test_a_replaced_check_is_told_as_such(lab: Client, classroom: Classroom) -> None:
    address = path_of(classroom, "/checks")
    first = lab.post(address, solved(), content_type="application/json").json()["uuid"]
    lab.post(address, solved(), content_type="application/json")

    assert lab.get(f"/api/lab/submissions/{first}/status").json()["status"] == "replaced"
    assert lab.get(f"/api/lab/submissions/{first}").json()["questions"] == []


def test_another_trainee_finds_nothing(lab: Client, classroom: Classroom, outsider: User, fake_hub: FakeHub) -> None:
    receipt = submit(lab, classroom).json()
    other = Client(headers={"Authorization": f"token {fake_hub.give(outsider.hub_username, 'o' * 32)}"})

    for path in (
        path_of(classroom),
        path_of(classroom, "/files.zip"),
        f"/api/lab/submissions/{receipt['uuid']}/status",
    ):
        assert other.get(path).status_code == 404
    assert other.post(path_of(classroom, "/submissions"), solved(), content_type="x/y").status_code == 404
    assert other.get("/api/lab/assignments").json() == {"assignments": []}
    enroll(user=outsider, run=classroom.run, by=outsider, at=timezone.now()) if _open(classroom) else None
    assert other.get(f"/api/lab/submissions/{receipt['uuid']}").status_code == 404
    assert lab.get(f"/api/lab/submissions/{uuid.uuid4()}").status_code == 404


def _open(classroom: Classroom) -> bool:
    classroom.run.enroll_opens_at = timezone.now() - timedelta(days=1)
    classroom.run.enroll_closes_at = timezone.now() + timedelta(days=1)
    classroom.run.save()
    return True


@pytest.mark.parametrize(
    "header", ["", "token ", "token wrong", "Bearer tttttttttttttttt", "token \u00e9", "token " + "x" * 300]
)
def test_no_entry_without_a_token_that_the_hub_knows(lab: Client, classroom: Classroom, header: str) -> None:
    answer = Client(headers={"Authorization": header}).get(path_of(classroom))

    assert answer.status_code == 401
    assert set(answer.json()["error"]) == {"code", "message", "message_en"}


def test_the_hub_is_asked_once_a_minute_and_again_after_a_revocation(
    lab: Client, classroom: Classroom, fake_hub: FakeHub
) -> None:
    lab.get(path_of(classroom))
    lab.get(path_of(classroom))
    asked_before = fake_hub.requests.count("GET /hub/api/user")
    fake_hub.tokens.clear()
    forget_user(classroom.trainee.pk, timezone.now())

    assert asked_before == 1
    assert lab.get(path_of(classroom)).status_code == 401


def test_a_deactivated_person_is_out_at_once(lab: Client, classroom: Classroom) -> None:
    assert lab.get(path_of(classroom)).status_code == 200
    User.objects.filter(pk=classroom.trainee.pk).update(is_active=False, deactivated_at=timezone.now())

    assert lab.get(path_of(classroom)).status_code == 401


def test_a_hub_that_is_away_is_no_refusal(lab: Client, classroom: Classroom, settings: Any) -> None:
    settings.HUB_SOCKET = "/nowhere/hub.sock"

    assert lab.get(path_of(classroom)).status_code == 503


def test_services_and_other_names_are_nobody(lab: Client, classroom: Classroom, fake_hub: FakeHub) -> None:
    for name in ("portal", "u0", "u1x", "admin", "u99999999"):
        fake_hub.give(name, f"token-of-{name}")
        client = Client(headers={"Authorization": f"token token-of-{name}"})
        assert client.get(path_of(classroom)).status_code == 401


def test_a_large_body_is_refused_by_its_length(lab: Client, classroom: Classroom) -> None:
    answer = submit(lab, classroom, b" " * (20 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_refusals_speak_both_languages(lab: Client, classroom: Classroom) -> None:
    classroom.assignment.due_at = timezone.now() - timedelta(minutes=1)
    classroom.assignment.save()

    answer = submit(lab, classroom)

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "closed"
    assert "截止" in answer.json()["error"]["message"] and "deadline" in answer.json()["error"]["message_en"]


def test_nothing_else_is_served_on_the_socket(lab: Client) -> None:
    for path in ("/", "/admin/", "/accounts/login/", "/api/lab/"):
        assert lab.get(path).status_code == 404
    assert json.loads(lab.delete("/api/lab/assignments").content)["error"]["code"] == "method"


def test_the_query_count_of_the_list(lab: Client, classroom: Classroom) -> None:
    """With the list each lab comes with the newest attempt and how many are used."""
    submit(lab, classroom)
    grade()

    def grow() -> None:
        submit(lab, classroom, key="k2")
        grade()

    ask = asking(lab, "/api/lab/assignments")
    ask()
    few = cost_of(ask, str(classroom.assignment.uuid))
    grow()
    many = cost_of(ask, str(classroom.assignment.uuid))

    assert len(many.queries) == len(few.queries) == 11
    assert few.rows == many.rows > 0


@pytest.mark.parametrize("path", ["/", "/admin/", "/accounts/login/", "/api/lab/nothing"])
def test_addresses_of_the_site_are_unknown_to_labs(lab: Client, path: str) -> None:
    answer = lab.get(path)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
