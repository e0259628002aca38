"""From inside a Lab: open an assignment, check, submit, start again, through the lab's own server."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import httpx
import pytest

from tests.hub_config.fake_lab_api import ASSIGNMENT, LAB, RUN, notebook
from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow

NOTEBOOK = f"{RUN}/{LAB}/{LAB}.ipynb"


class Lab:
    """The lab of u3."""

    def __init__(self, hub: LocalHub) -> None:
        self.hub = hub
        hub.spawn("u3")
        self.headers = {"Authorization": f"token {hub.token_of('u3')}"}
        self.folder = hub.var / "homes" / "u3" / RUN / LAB

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return what the lab answers."""
        headers = {**self.headers, **options.pop("headers", {})}
        return httpx.request(method, f"{self.hub.server('u3')}{path}", headers=headers, timeout=30, **options)

    def post(self, verb: str, **options: Any) -> httpx.Response:
        """Return what the lab answers to a button."""
        return self.call("POST", f"chengxue/{verb}/{ASSIGNMENT}", **options)


@pytest.fixture(scope="module")
def lab(hub: LocalHub) -> Lab:
    """Return a lab with the assignment in it."""
    lab = Lab(hub)
    opened = lab.call("GET", f"chengxue/open/{ASSIGNMENT}")
    assert opened.status_code == 302
    assert opened.headers["Location"] == f"/user/u3/lab/workspaces/{RUN}-{LAB}/tree/{NOTEBOOK}"
    return lab


def test_opening_brings_the_files_once_and_keeps_work(lab: Lab) -> None:
    assert sorted(path.name for path in lab.folder.iterdir()) == [f"{LAB}.ipynb", "说明.md"]
    (lab.folder / f"{LAB}.ipynb").write_bytes(notebook("my_work = 1"))

    lab.call("GET", f"chengxue/open/{ASSIGNMENT}")

    assert b"my_work" in (lab.folder / f"{LAB}.ipynb").read_bytes()


def test_an_assignment_of_a_foreign_run_is_explained_in_chinese(lab: Lab) -> None:
    answer = lab.call("GET", "chengxue/open/00000000-0000-0000-0000-000000000000")

    assert answer.status_code == 403
    assert "你没有报名这个班次。" in answer.text


def test_the_bar_learns_which_assignment_a_notebook_belongs_to(lab: Lab) -> None:
    assert lab.call("GET", f"chengxue/state?path={NOTEBOOK}").json()["assignment"]["uuid"] == ASSIGNMENT
    assert lab.call("GET", "chengxue/state?path=other.ipynb").json()["assignment"] is None


def test_submit_sends_the_saved_bytes_and_a_repeated_click_gets_the_same_receipt(lab: Lab) -> None:
    saved = (lab.folder / f"{LAB}.ipynb").read_bytes()

    first = lab.post("submit", headers={"Idempotency-Key": "k1"})
    again = lab.post("submit", headers={"Idempotency-Key": "k1"})

    assert first.status_code == 201
    assert again.json() == first.json()
    assert lab.hub.lab_api.graded()[-1]["content"] == saved
    assert len(lab.hub.lab_api.graded()) == 1


def test_status_is_short_and_silent_while_nothing_changes(lab: Lab) -> None:
    uuid = lab.post("check").json()["uuid"]
    status = None
    while status != "graded":
        answer = lab.call("GET", f"chengxue/status/{uuid}")
        status = answer.json()["status"]

    again = lab.call("GET", f"chengxue/status/{uuid}", headers={"If-None-Match": answer.headers["ETag"]})

    assert len(answer.content) <= 300
    assert again.status_code == 304
    assert not again.content
    assert [question["verdict"] for question in lab.call("GET", f"chengxue/result/{uuid}").json()["questions"]] == [
        "passed",
        "partial",
        "manual",
    ]


def test_a_check_is_no_attempt(lab: Lab) -> None:
    before = len(lab.hub.lab_api.graded())

    assert lab.post("check").status_code == 201

    assert len(lab.hub.lab_api.graded()) == before


def test_starting_again_keeps_the_old_notebook(lab: Lab) -> None:
    path = lab.folder / f"{LAB}.ipynb"
    path.write_bytes(notebook("before = 1"))

    kept = lab.post("reset").json()["kept"]

    assert len(kept) == 1
    assert b"before" in (lab.folder / kept[0]).read_bytes()
    assert b"before" not in path.read_bytes()


def test_a_missing_notebook_says_what_to_do(lab: Lab) -> None:
    path = lab.folder / f"{LAB}.ipynb"
    path.unlink()

    answer = lab.post("submit")
    lab.post("reset")

    assert answer.status_code == 404
    assert "重新开始" in answer.json()["error"]["message"]
    assert path.exists()


def test_every_call_carries_the_labs_own_token(lab: Lab) -> None:
    # The hub asks for the mounts before a lab starts, under its own name.
    headers = {authorization for _, path, authorization in lab.hub.lab_api.calls if not path.startswith("/api/hub/")}

    assert headers
    assert all(header.startswith("token ") for header in headers)
    assert lab.hub.service_token not in " ".join(headers)


def test_when_the_portal_is_away_nothing_is_lost_and_the_words_say_so(lab: Lab) -> None:
    socket = lab.hub.runtime / "portal" / "lab-api.sock"
    aside = socket.with_name("away")
    socket.rename(aside)
    try:
        submit = lab.post("submit")
        opened = lab.call("GET", f"chengxue/open/{ASSIGNMENT}")
        state = lab.call("GET", f"chengxue/state?path={NOTEBOOK}").json()
    finally:
        aside.rename(socket)

    assert submit.status_code == 503
    assert "不会丢失" in submit.json()["error"]["message"]
    assert opened.status_code == 302
    assert state["is_away"]
    assert state["assignment"]["uuid"] == ASSIGNMENT
    assert lab.post("check").status_code == 201


COMMANDS = """
import json, os, subprocess, tempfile
# A terminal finds no token of the server; its person brings a short one.
assert "JUPYTERHUB_API_TOKEN" not in os.environ
os.chdir(tempfile.mkdtemp(dir="/home/u3"))
def run(*words):
    done = subprocess.run(["nbgrader", *words], capture_output=True, text=True, timeout=80)
    return [done.returncode, done.stdout + done.stderr]
said = {"without": run("list")}
os.environ["CHENGXUE_TOKEN"] = "cx_contract"
said |= {
    "list": run("list"),
    "fetch": run("fetch_assignment", "LAB", "--course", "RUN"),
    "submit": run("submit", "LAB", "--course", "RUN"),
    "inbound": run("list", "--inbound"),
    "validate": run("validate", "RUN/LAB/LAB.ipynb"),
    "collect": run("collect", "LAB", "--course", "RUN"),
    "files": [0, json.dumps([os.path.join(place, name) for place, _, names in os.walk(".") for name in names])],
}
os.makedirs("course/source/LAB")
os.rename("RUN/LAB/LAB.ipynb", "course/source/LAB/LAB.ipynb")
os.chdir("course")
said["generate"] = run("generate_assignment", "LAB", "--course", "RUN", "--IncludeHeaderFooter.header=")
said["release"] = run("release_assignment", "LAB", "--course", "RUN")
said["foreign"] = run("release_assignment", "LAB", "--course", "OTHER")
print(json.dumps(said))
"""


def test_nbgraders_commands_work_over_the_portal(lab: Lab) -> None:
    code = COMMANDS.replace("LAB", LAB).replace("RUN", RUN)

    said = json.loads(lab.hub.run("u3", lab.hub.token_of("u3"), code))

    for command in ("list", "fetch", "submit", "inbound", "validate", "generate", "release"):
        assert said[command][0] == 0, said[command]
    assert said["without"][0] != 0 and "/labs/tokens/" in said["without"][1]
    assert "receipt SJ-" in said["submit"][1]
    assert f"{RUN} {LAB} submitted" in said["inbound"][1]
    assert f"./{RUN}/{LAB}/{LAB}.ipynb" in said["files"][1]
    assert "门户" in said["collect"][1]
    assert "你不是这个班次的教师" in said["foreign"][1]
    assert set(lab.hub.lab_api.released) == {"source", "release"}


def test_nbgraders_list_and_validation_answer_in_the_lab(lab: Lab) -> None:
    listed = lab.call("GET", f"assignments?course_id={RUN}").json()
    validated = lab.call("POST", "assignments/validate", data={"path": NOTEBOOK}).json()

    assert listed["success"], listed
    assert {item["status"] for item in listed["value"]} == {"fetched", "submitted"}
    assert validated["success"], validated


def test_formgrader_and_course_list_are_off(lab: Lab) -> None:
    for path in ("formgrader", "formgrader/api/status", "formgraders"):
        assert lab.call("GET", path).status_code == 404


def test_a_save_whose_body_comes_late_is_never_reported_as_failed(lab: Lab) -> None:
    body = b'{"data":{},"metadata":{"id":"default"}}'
    head = (
        f"PUT /user/u3/lab/api/workspaces/default HTTP/1.1\r\nHost: u3.localhost:{lab.hub.port}\r\n"
        f"Authorization: {lab.headers['Authorization']}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    answers = set()
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", lab.hub.port)) as connection:
            connection.sendall(head.encode())
            time.sleep(0.003)
            connection.sendall(body)
            answers.add(connection.recv(64)[9:12])

    assert answers == {b"204"}
    assert "EPIPE" not in lab.hub.log
