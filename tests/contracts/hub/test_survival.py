"""An open Lab outlives hub and proxy, and the way to the portal works from it afterwards."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from hub_config import running_labs
from tests.hub_config.fake_lab_api import ASSIGNMENT
from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def token(hub: LocalHub) -> str:
    """Return a token of u3, whose lab is open with the assignment in it."""
    hub.spawn("u3")
    token = hub.token_of("u3")
    assert lab(hub, token, "GET", f"chengxue/open/{ASSIGNMENT}").status_code == 302
    return token


def lab(hub: LocalHub, token: str, method: str, path: str, **options: object) -> httpx.Response:
    """Return what the lab of u3 answers."""
    headers = {"Authorization": f"token {token}"}
    return httpx.request(method, f"{hub.server('u3')}{path}", headers=headers, timeout=10, **options)  # type: ignore[arg-type]


def is_reached(hub: LocalHub, token: str) -> bool:
    """Return whether the lab answers through the proxy."""
    try:
        return lab(hub, token, "GET", "api/kernels").status_code == 200
    except httpx.TransportError:
        return False


def check_and_submit(hub: LocalHub, token: str) -> None:
    """Check and submit from the open lab."""
    assert lab(hub, token, "POST", f"chengxue/check/{ASSIGNMENT}").status_code == 201
    submitted = lab(hub, token, "POST", f"chengxue/submit/{ASSIGNMENT}")
    assert submitted.status_code == 201, submitted.text
    assert submitted.json()["receipt"]


def test_hub_killed_with_an_open_lab_is_back_within_15_seconds(hub: LocalHub, token: str) -> None:
    before = running_labs.recorded(hub.runtime / "labs", "u3")
    hub.kill()
    began = time.monotonic()

    hub.start()
    hub.wait_until(lambda: is_reached(hub, token), 15, "the open lab is reached again")

    assert time.monotonic() - began < 15
    assert running_labs.recorded(hub.runtime / "labs", "u3") == before
    assert hub.is_ready("u3")
    check_and_submit(hub, hub.token_of("u3"))


def test_proxy_killed_with_an_open_lab_is_back_within_15_seconds(hub: LocalHub, token: str) -> None:
    hub.kill_proxy()
    began = time.monotonic()

    hub.wait_until(lambda: not is_reached(hub, token), 5, "the proxy is gone")
    hub.wait_until(lambda: is_reached(hub, token), 15, "the open lab is reached again")

    assert time.monotonic() - began < 15
    check_and_submit(hub, token)


def test_what_the_kernel_knew_is_still_there_after_the_hub_was_killed(hub: LocalHub, token: str) -> None:
    made = lab(hub, token, "POST", "api/kernels", json={"name": "python3"}).json()["id"]
    hub.kill()

    hub.start()
    hub.wait_until(lambda: is_reached(hub, token), 15, "the open lab is reached again")

    assert made in [kernel["id"] for kernel in lab(hub, token, "GET", "api/kernels").json()]


def test_stopping_a_lab_leaves_no_process_and_no_socket(hub: LocalHub) -> None:
    hub.spawn("u6")
    record = running_labs.recorded(hub.runtime / "labs", "u6")
    assert record is not None
    assert record.is_alive()

    hub.call("DELETE", "users/u6/server")

    hub.wait_until(lambda: not record.is_alive(), 15, "the lab ended")
    hub.wait_until(lambda: not list((hub.runtime / "labs").glob("u6*")), 5, "its files are gone")


def test_labs_of_a_dead_hub_are_ended_by_the_one_who_stops_the_installation(hub: LocalHub, token: str) -> None:
    record = running_labs.recorded(hub.runtime / "labs", "u3")
    assert record is not None
    hub.kill()

    ended = running_labs.end_all(hub.runtime / "labs")

    assert ended >= 1
    assert not record.is_alive()
    hub.start()
    hub.wait_until(lambda: not hub.is_ready("u3"), 20, "the hub knows that the lab ended")
    assert hub.spawn("u3") < 30


def test_when_all_labs_are_taken_a_page_waits(hub: LocalHub) -> None:
    for number in range(20, 25):
        hub.call("POST", f"users/u{number}")
        if hub.call("POST", f"users/u{number}/server").status_code == 429:
            break
        hub.wait_until(lambda number=number: hub.is_ready(f"u{number}"), 60, "ready")
    answer = hub.call("POST", "users/u30")
    answer = hub.call("POST", "users/u30/server")

    page = httpx.get(f"{hub.url}/hub/spawn/u30", headers={"Authorization": f"token {hub.token_of('u30')}"})

    assert answer.status_code == 429, json.dumps(answer.json())
    assert page.status_code in (302, 403, 429)
