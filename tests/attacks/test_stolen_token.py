"""A token of the first trainee's Lab, in the hands of a second one of the same run: worth nothing in the second's Lab."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page

from tests.attacks.test_second_trainee import FACTS, FIRST, SECOND, in_own_lab
from tests.journeys.laboratory import run_in_kernel
from tests.running import Installation

FROM_A_NOTEBOOK = """
import http.client, json, os, socket

class Over(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.host)

def ask(method, path):
    link = Over("/run/portal/lab-api.sock")
    link.request(method, path, None, {"Host": "lab-api", "Authorization": "token %(token)s"})
    answer = link.getresponse()
    return [answer.status, json.loads(answer.read())["error"]["code"]]

print(json.dumps({
    "submission": ask("GET", "/api/lab/submissions/%(submission)s"),
    "list": ask("GET", "/api/exchange/assignments"),
    "check": ask("POST", "/api/lab/assignments/%(assignment)s/checks"),
    "hub's": ask("POST", "/api/hub/mounts/%(first)s"),
    "sockets": sorted(os.listdir("/run")),
}))
"""


@pytest.fixture
def stolen(installation: Installation) -> dict[str, str]:
    """Return the first trainee's identifiers, and a fresh token such as that Lab holds."""
    printed = installation.manage("shell", "-v", "0", "-c", FACTS.format(first=FIRST))
    facts: dict[str, str] = json.loads(printed.strip().splitlines()[-1])
    hub = httpx.HTTPTransport(uds=str(installation.paths.hub_socket))
    headers = {"Authorization": f"token {installation.paths.secret('hub_service_token').strip()}"}
    with httpx.Client(transport=hub, base_url="http://hub/hub/api", headers=headers, timeout=30) as client:
        client.post(f"/users/{facts['first']}")  # the hub may never have seen them
        made = client.post(f"/users/{facts['first']}/tokens", json={"expires_in": 600})
    assert made.status_code == 201, made.text
    return facts | {"token": made.json()["token"]}


def test_a_stolen_token_is_refused_in_another_lab(
    installation: Installation, sign_in: Callable[..., Page], stolen: dict[str, str]
) -> None:
    outside = httpx.HTTPTransport(uds=str(installation.paths.lab_api_socket))
    with httpx.Client(transport=outside, headers={"Authorization": f"token {stolen['token']}"}, timeout=30) as client:
        # Where no Lab is, with the operator's rights, the token is good: so it is the place that refuses it below.
        assert client.get(f"http://lab-api/api/lab/submissions/{stolen['submission']}").status_code == 200
    page = sign_in(SECOND)
    in_own_lab(page, installation, stolen["assignment"])

    found = json.loads(run_in_kernel(page, FROM_A_NOTEBOOK % stolen))

    assert found["submission"] == found["list"] == found["check"] == [403, "foreign_lab"]
    assert found["hub's"] == [404, "not_found"]
    assert "hub-api" not in found["sockets"]
