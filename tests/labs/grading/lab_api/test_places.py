"""A token works from its own person's Lab alone."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from labs.grading.models import Submission
from labs.hub import places
from portal.serving.callers import CONNECTION
from tests.classroom import Classroom, solved
from tests.labs.grading.lab_api.test_assignments import lab, path_of, submit

__all__ = ["lab"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def calling_from(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int | None], dict[str, Any]]]:
    """Yield what the server hands on when the kernel says that a call comes from somebody's Lab."""
    settings.LAB_API_KNOWS_PLACES = True
    with socket.socket(socket.AF_UNIX) as connection:

        def at(place: int | None) -> dict[str, Any]:
            monkeypatch.setattr(places, "place_of", lambda _: place)
            return {CONNECTION: connection}

        yield at


def test_the_own_lab_and_the_operator_are_served(
    lab: Client, classroom: Classroom, calling_from: Callable[[int | None], dict[str, Any]]
) -> None:
    for place in (classroom.trainee.pk, places.OUTSIDE):
        assert lab.get(path_of(classroom), **calling_from(place)).status_code == 200


def test_a_stolen_token_is_refused_from_another_lab(
    lab: Client, classroom: Classroom, calling_from: Callable[[int | None], dict[str, Any]]
) -> None:
    own = submit(lab, classroom, key="own", **calling_from(classroom.trainee.pk)).json()["uuid"]

    for place in (classroom.trainee.pk + 1, classroom.instructor.pk, None):
        elsewhere = calling_from(place)
        answers = [
            submit(lab, classroom, solved("total = 4"), "stolen", **elsewhere),
            *(lab.get(path, **elsewhere) for path in ("/api/lab/assignments", f"/api/lab/submissions/{own}")),
            *(lab.get(path, **elsewhere) for path in ("/api/exchange/assignments", path_of(classroom, "/files.zip"))),
        ]
        assert {(each.status_code, each.json()["error"]["code"]) for each in answers} == {(403, "foreign_lab")}
    assert Submission.objects.count() == 1


def test_a_call_of_which_nothing_is_known_is_refused(lab: Client, classroom: Classroom, settings: Any) -> None:
    settings.LAB_API_KNOWS_PLACES = True

    assert lab.get(path_of(classroom)).json()["error"]["code"] == "foreign_lab"
    forged: dict[str, Any] = {"HTTP_GUNICORN_SOCKET": "u1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
    assert lab.get(path_of(classroom), **forged).json()["error"]["code"] == "foreign_lab"
