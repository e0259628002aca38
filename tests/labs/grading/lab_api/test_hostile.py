"""Every address of the lab API × every method × what belongs to somebody else: nothing is read, nothing written.

Addresses are taken from the URL configuration, so that a new one is tried as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from courses.learning.actions import enroll
from labs.assignments.models import LabRelease
from labs.grading.lab_api.archives import pack
from labs.grading.models import Purpose, Submission
from labs.hub.actions import issue_token
from labs.hub.models import Scope
from portal.users.models import User
from tests.architecture.test_access_matrix import Address, addresses
from tests.classroom import Classroom, solved
from tests.fake_hub import FakeHub
from tests.labs.grading.lab_api.test_assignments import lab, path_of, submit

__all__ = ["lab"]

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ADDRESSES = list(addresses(get_resolver("portal.lab_api_urls")))
SECRET = "空位多的停车场"
"""Stands in the victim's notebook."""


@pytest.fixture
def foreign(lab: Client, classroom: Classroom) -> dict[str, Any]:
    """Return what the victim has: a submission and a check, by the names that addresses use."""
    sent = submit(lab, classroom).json()
    checked = lab.post(path_of(classroom, "/checks"), solved(), content_type="application/json").json()
    return {
        "assignment_uuid": [str(classroom.assignment.uuid)],
        "submission_uuid": [sent["uuid"], checked["uuid"]],
        "course": [classroom.run.code],
        "slug": [classroom.lab.code],
        "receipt": sent["receipt"],
        "sha256": sent["sha256"],
    }


def filled(address: Address, values: dict[str, Any]) -> Iterator[str]:
    """Yield the address with each of the victim's values."""
    paths = ["/" + address.route]
    for key, converter in address.converters:
        kind = next(name for name in ("uuid", "slug", "str", "int") if f"<{name}:{key}>" in address.route)
        assert converter is not None
        paths = [path.replace(f"<{kind}:{key}>", value) for path in paths for value in values[key]]
    yield from paths


def attempts(values: dict[str, Any], *keys: str) -> Iterator[tuple[str, str]]:
    """Yield (method, path) of each address that names one of the keys."""
    for address in ADDRESSES:
        if {key for key, _ in address.converters} & set(keys):
            for path in filled(address, values):
                yield from ((method, path + query) for method in METHODS for query in ("", "?kind=source"))


def tokens_of(user: User, fake_hub: FakeHub) -> list[str]:
    """All that the attacker can hold: the own Lab's token and one of the command line."""
    short = issue_token(scope=Scope.WORK, has_second_factor=True, by=user, at=timezone.now())[1]
    return [fake_hub.give(user.hub_username, f"{user.pk}" * 20), short]


def send(method: str, path: str, token: str) -> Any:
    cache.clear()
    body = pack({"parking.ipynb": solved("total = 666")})
    client = Client(headers={"Authorization": f"token {token}"}, raise_request_exception=False)
    return client.generic(method, path, body, content_type="application/zip")


def counts() -> tuple[int, int]:
    return Submission.objects.count(), LabRelease.objects.count()


@pytest.mark.parametrize("person", ["instructor", "outsider"])
def test_who_has_no_place_in_the_run_gets_nothing_of_it(
    person: str, foreign: dict[str, Any], classroom: Classroom, fake_hub: FakeHub
) -> None:
    attacker = classroom.instructor
    if person == "outsider":
        attacker = classroom.world.person("stranger", "外人", classroom.world.department_b)
    before = counts()

    for token in tokens_of(attacker, fake_hub):
        for method, path in attempts(foreign, "assignment_uuid", "submission_uuid", "course"):
            answer = send(method, path, token)
            assert answer.status_code in (403, 404, 405), (method, path, answer.status_code)
            assert SECRET not in answer.content.decode() and foreign["receipt"] not in answer.content.decode()
        for path in ("/api/lab/assignments", "/api/exchange/assignments"):
            assert send("GET", path, token).json() == {"assignments": []}

    assert counts() == before


def test_another_trainee_of_the_run_gets_nothing_of_the_first(
    foreign: dict[str, Any], classroom: Classroom, fake_hub: FakeHub
) -> None:
    second = classroom.world.person("second", "同班", classroom.world.department_b)
    enroll(user=second, run=classroom.run, by=second, at=classroom.place.enrolled_at)

    for token in tokens_of(second, fake_hub):
        for method, path in attempts(foreign, "submission_uuid"):
            assert send(method, path, token).status_code in (404, 405), (method, path)
        for path in (*filled_own(foreign), "/api/lab/assignments"):
            said = send("GET", path, token)
            assert said.status_code == 200
            assert not any(foreign[key] in said.content.decode("latin-1") for key in ("receipt", "sha256"))
    assert Submission.objects.filter(user=classroom.trainee).count() == 2


def filled_own(foreign: dict[str, Any]) -> list[str]:
    run, slug = foreign["course"][0], foreign["slug"][0]
    return [f"/api/lab/assignments/{foreign['assignment_uuid'][0]}", f"/api/exchange/{run}/{slug}/submissions"]


def test_the_same_key_of_another_person_is_another_attempt(
    lab: Client, classroom: Classroom, fake_hub: FakeHub
) -> None:
    first = submit(lab, classroom, key="shared").json()
    second = classroom.world.person("second", "同班", classroom.world.department_b)
    enroll(user=second, run=classroom.run, by=second, at=classroom.place.enrolled_at)
    other = Client(headers={"Authorization": f"token {fake_hub.give(second.hub_username, 's' * 32)}"})

    answer = submit(other, classroom, solved("total = 4"), key="shared").json()

    assert (answer["receipt"] != first["receipt"]) and answer["sha256"] != first["sha256"]
    owners = Submission.objects.filter(purpose=Purpose.SUBMIT).values_list("user_id", flat=True)
    assert set(owners) == {classroom.trainee.pk, second.pk}


@pytest.mark.parametrize(
    "token", ["", "x", "cx_", "cx_" + "A" * 32, "t" * 201, "令牌".encode().decode("latin-1"), "a\tb"]
)
def test_without_a_known_token_nothing_is_told_apart(token: str, foreign: dict[str, Any], fake_hub: FakeHub) -> None:
    for method, path in attempts(foreign, "assignment_uuid", "submission_uuid", "course"):
        if method in ("GET", "POST", "PUT"):
            assert send(method, path, token).status_code in (401, 405)


def test_a_place_that_ended_ends_the_lab_api_for_it(lab: Client, foreign: dict[str, Any], classroom: Classroom) -> None:
    User.objects.filter(pk=classroom.trainee.pk).update(is_active=False, deactivated_at=timezone.now())

    for method, path in attempts(foreign, "assignment_uuid", "submission_uuid", "course"):
        if method in ("GET", "POST", "PUT"):
            assert lab.generic(method, path, b"").status_code in (401, 405)


def test_before_it_opens_a_lab_hands_out_nothing(lab: Client, classroom: Classroom) -> None:
    classroom.assignment.opens_at = timezone.now() + timedelta(hours=1)
    classroom.assignment.save()

    for path in (path_of(classroom, "/files.zip"), "/api/exchange/cdp-2026/parking/release.zip"):
        assert lab.get(path).status_code == 403
