"""A second trainee of the same run, attacking from a notebook and a browser, reaches nothing of the first."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from portal.installation.addresses import any_lab
from tests.journeys.laboratory import run_in_kernel
from tests.running import Installation

FIRST, SECOND = "wang.fang", "zhou.min"

FROM_A_NOTEBOOK = """
import glob, http.client, json, os, socket
found = {"homes": sorted(os.listdir("/home")), "uids": sorted({os.stat(f"/proc/{p}").st_uid for p in os.listdir("/proc") if p.isdigit()})}

def opens(path):
    try:
        os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1)
        return True
    except OSError:
        return False

found["opened"] = [path for path in %(paths)s if opens(path)]

def connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False

found["ports"] = [port for port in %(ports)s if connects(port)]

class Over(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.host)

def ask(sock, method, path, body=None):
    link = Over(sock)
    try:
        link.request(method, path, body, {"Host": "lab-api"})
    except FileNotFoundError:
        return ["no such socket"]
    answer = link.getresponse()
    return [answer.status, answer.read().decode("utf-8", "replace")[:400]]

lab_api, hub = "/run/portal/lab-api.sock", "/run/hub/hub.sock"
found["tokens"] = [name for name in os.environ if "TOKEN" in name]
found["calls"] = {
    "submission": ask(lab_api, "GET", "/api/lab/submissions/%(submission)s"),
    "status": ask(lab_api, "GET", "/api/lab/submissions/%(submission)s/status"),
    "feedback": ask(lab_api, "GET", "/api/exchange/submissions/%(submission)s/feedback.html"),
    "users": ask(hub, "GET", "/hub/api/users"),
    "first": ask(hub, "GET", "/hub/api/users/%(first)s"),
    "server": ask(hub, "DELETE", "/hub/api/users/%(first)s/server"),
    "token": ask(hub, "POST", "/hub/api/users/%(first)s/tokens", "{}"),
}
print(json.dumps(found))
"""

FACTS = (
    "import json; from labs.grading.models import Submission; from courses.certification.models import CertificationAward;"
    "from portal.users.models import User; s = Submission.objects.filter(user__username='{first}', purpose='submit').first();"
    "print(json.dumps({{'submission': str(s.uuid), 'assignment': str(s.assignment.uuid), 'first': s.user.hub_username,"
    "'award': str(a.uuid) if (a := CertificationAward.objects.filter(user=s.user).first()) else ''}}))"
)


@pytest.fixture(scope="module")
def facts(installation: Installation) -> dict[str, str]:
    """Return what the attacker is even told: the first trainee's identifiers."""
    printed = installation.manage("shell", "-v", "0", "-c", FACTS.format(first=FIRST))
    return dict(json.loads(printed.strip().splitlines()[-1]))


def lab_url(installation: Installation, user: str) -> str:
    """Origin of a person's lab."""
    return any_lab(installation.hub_url, installation.paths.lab_origins).replace("*", user)


def in_own_lab(page: Page, installation: Installation, assignment: str) -> None:
    """Open the attacker's own Lab, legitimately."""
    page.goto(f"{installation.hub_url}/hub/user-redirect/chengxue/open/{assignment}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)


def test_from_inside_a_notebook_nothing_of_the_first_is_reached(
    installation: Installation, sign_in: Callable[..., Page], facts: dict[str, str]
) -> None:
    page = sign_in(SECOND)
    in_own_lab(page, installation, facts["assignment"])
    paths = installation.paths
    code = FROM_A_NOTEBOOK % {
        **facts,
        "paths": [
            str(p)
            for p in (
                paths.homes / facts["first"],
                paths.submissions,
                paths.secrets,
                paths.database_file,
                paths.hub,
                paths.releases,
            )
        ]
        + ["/root", "/etc/shadow"],
        "ports": [paths.web_port, paths.hub_port, 22, 5432, 6379, 9200],
    }

    found = json.loads(run_in_kernel(page, code))

    own = page.url.split("/user/")[1].split("/")[0]
    assert found["homes"] == [own]
    assert found["opened"] == []
    assert found["ports"] == []
    assert found["tokens"] == []
    refused = (401, 403, 404, "no such socket")
    assert {name: answer[0] for name, answer in found["calls"].items() if answer[0] not in refused} == {}


def test_from_a_browser_nothing_of_the_first_is_reached(
    installation: Installation, sign_in: Callable[..., Page], facts: dict[str, str]
) -> None:
    page = sign_in(SECOND)
    page.goto(f"{installation.hub_url}/hub/home")

    portal = [
        f"/labs/submissions/{facts['submission']}/",
        f"/labs/submissions/{facts['submission']}/notebook",
        f"/certificates/{facts['award']}/certificate.pdf",
        "/hr/",
    ]
    for path in portal:
        assert page.request.get(installation.portal_url + path, max_redirects=0).status in (302, 403, 404), path
    # The person's own name, the hub's, and the address of former times, which leads to the first.
    names = (
        lab_url(installation, facts["first"]),
        installation.hub_url,
        f"http://127.0.0.1:{installation.paths.hub_port}",
    )
    for name in names:
        for path in ("lab", "api/contents/", "files/", "api/kernels", "api/terminals"):
            answer = page.request.get(f"{name}/user/{facts['first']}/{path}", max_redirects=8)
            assert answer.status in (403, 404), f"{name} {path}"
