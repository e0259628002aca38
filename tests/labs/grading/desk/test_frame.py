"""The frame of the notebook: of nobody's origin, without a session, only for those who teach the run."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from labs.grading.models import Submission
from portal.users.models import RoleGrant
from tests.classroom import Classroom

from .making import sign_in, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded(classroom: Classroom) -> Submission:
    return submitted(classroom, classroom.trainee, text="<script>alert(1)</script>")


def frame_of(client: Client, submission: Submission) -> str:
    page = client.get(f"/labs/submissions/{submission.uuid}/").content.decode()
    found = re.search(r'<iframe[^>]* src="([^"]+)" sandbox ', page)
    assert found, page
    return found[1]


def test_the_frame_is_sandboxed_and_needs_no_session(client: Client, classroom: Classroom, graded: Submission) -> None:
    address = frame_of(sign_in(client, classroom.instructor), graded)

    response = Client().get(address)
    page, policy = response.content.decode(), response.headers["Content-Security-Policy"]

    assert response.status_code == 200
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "allow-" not in policy and "script-src" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script" not in page and "&lt;script&gt;" in page
    assert not response.cookies
    assert response.headers["Cache-Control"].find("no-store") >= 0
    assert 'id="q-q1"' in page and "通过" in page


def test_the_address_dies_with_its_signature_and_with_the_right(
    client: Client, classroom: Classroom, graded: Submission
) -> None:
    address = frame_of(sign_in(client, classroom.instructor), graded)

    assert Client().get(address[:-3] + "xx/").status_code == 404
    RoleGrant.objects.filter(user=classroom.instructor).update(end_date="2026-01-02")
    assert Client().get(address).status_code == 404


def test_the_rest_of_the_site_may_not_be_put_into_a_frame_of_the_notebook(
    client: Client, classroom: Classroom, graded: Submission
) -> None:
    page = sign_in(client, classroom.instructor).get(f"/labs/submissions/{graded.uuid}/")

    assert page.headers["X-Frame-Options"] == "DENY"
    assert "<script>alert" not in page.content.decode()
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
