"""The real lab API process, called from inside sandboxes: a stolen token is worth nothing in another's Lab."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connections
from django.utils import timezone

from hub_config.settings import LAB_UID_BASE
from labs.hub.actions import issue_token
from labs.hub.models import Scope
from portal.installation.processes import web_server
from portal.users.models import User
from tests.classroom import Classroom, classroom
from tests.fake_hub import FakeHub, fake_hub
from tests.running import wait_for

__all__ = ["classroom", "fake_hub"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[3]

CALLS = """
import http.client, json, socket, sys
class Over(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(sys.argv[1])
said = []
for method, path, headers in json.loads(sys.argv[2]):
    link = Over("lab-api")
    link.request(method, path, headers=headers)
    answer = link.getresponse()
    text = answer.read().decode("utf-8", "replace")
    said.append([answer.status, json.loads(text)["error"]["code"] if answer.status >= 400 and text[:1] == "{" else ""])
print(json.dumps(said))
"""
BUBBLEWRAP = [
    *("/usr/bin/bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/"),
    *("--proc", "/proc", "--dev", "/dev", "--"),
]
Answers = list[list[Any]]


@pytest.fixture
def lab_socket(classroom: Classroom, fake_hub: FakeHub) -> Iterator[Path]:
    """Yield the process as the supervisor starts it, on this test's database."""
    cache.clear()
    with tempfile.TemporaryDirectory(prefix="lab-socket-") as scratch:
        Path(scratch).chmod(0o755)
        given = {
            "database": str(connections["default"].settings_dict["NAME"]),
            "storages": {alias: storages[alias].path("") for alias in ("submissions", "releases")},
            "hub": project_settings.HUB_SOCKET,
            "grader": f"{scratch}/grader.sock",
        }
        environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.child_settings",
            "CHENGXUE_FAULTS": json.dumps(given),
            "CHENGXUE_LAB_API": "1",
            "PYTHONPATH": str(ROOT),
        }
        path = Path(scratch, "lab-api.sock")
        with socket.socket(socket.AF_UNIX) as listener, Path(scratch, "log").open("wb") as log:
            listener.bind(str(path))
            path.chmod(0o666)
            listener.listen(64)
            command = web_server(sys.executable, binds=1)
            process = subprocess.Popen(
                [part.replace("{0}", str(listener.fileno())) for part in command],
                cwd=ROOT, env=environ, stdout=log, stderr=log, pass_fds=[listener.fileno()],
            )  # fmt: skip
            try:
                yield path
            finally:
                process.terminate()
                process.wait(20)


def from_lab(user: User, path: Path, *calls: tuple[str, str, dict[str, str]], by_user_id: bool) -> Answers:
    """Return what code in somebody's Lab is answered."""
    environ = {"PATH": "/usr/bin:/bin", "USER": user.hub_username}
    options: dict[str, Any] = {}
    if by_user_id:
        number = LAB_UID_BASE + user.pk
        options = {"user": number, "group": number, "extra_groups": []}
    walls = [] if by_user_id else BUBBLEWRAP
    done = subprocess.run(
        [*walls, "/usr/bin/python3", "-c", CALLS, str(path), json.dumps(calls)],
        env=environ, capture_output=True, text=True, timeout=60, check=False, **options,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers: Answers = json.loads(done.stdout)
    return answers


@pytest.fixture(params=["user id", "sandbox"])
def calling(request: pytest.FixtureRequest, lab_socket: Path) -> Callable[..., Answers]:
    """Return a way to call from a Lab, as each of the two kinds of installation starts it."""
    by_user_id = request.param == "user id"
    if by_user_id and os.geteuid() != 0:
        pytest.skip("only root gives a Lab a user id of its own")
    if not by_user_id and subprocess.run([*BUBBLEWRAP, "/bin/true"], check=False, capture_output=True).returncode:
        pytest.skip("no sandbox for this user here")
    return lambda user, *calls: from_lab(user, lab_socket, *calls, by_user_id=by_user_id)


def test_stolen_tokens_are_refused_and_hub_calls_are_unknown(
    calling: Callable[..., Answers], classroom: Classroom, fake_hub: FakeHub
) -> None:
    victim, thief = classroom.trainee, classroom.instructor
    opened = timezone.now() - timedelta(days=1)
    type(classroom.assignment).objects.update(opens_at=opened, due_at=opened + timedelta(days=2))
    lasting = fake_hub.give(victim.hub_username, "v" * 32)
    short = issue_token(scope=Scope.WORK, has_second_factor=False, by=victim, at=timezone.now())[1]
    calls = [
        ("GET", path, {"Authorization": f"token {text}", **more})
        for text in (lasting, short)
        for path in ("/api/exchange/assignments", f"/api/lab/assignments/{classroom.assignment.uuid}/files.zip")
        for more in (
            {},
            {"chengxue.connection": "1", "X-Forwarded-User": victim.hub_username, "X-Real-IP": "127.0.0.1"},
        )
    ]
    hub = (
        "POST",
        f"/api/hub/mounts/{victim.hub_username}",
        {"Authorization": f"token {project_settings.HUB_SERVICE_TOKEN}"},
    )

    assert wait_for(lambda: calling(victim, *calls), 60, "the process answers") == [[200, ""]] * len(calls)
    assert calling(thief, *calls) == [[403, "foreign_lab"]] * len(calls)
    assert calling(victim, hub) == [[404, "not_found"]]
    source = ("GET", "/api/exchange/cdp-2026/parking/release.zip?kind=source", {"Authorization": f"token {short}"})
    assert calling(victim, source) == [[403, "publishing_token_needed"]]
