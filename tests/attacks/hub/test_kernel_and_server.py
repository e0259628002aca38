"""Step by step, how a notebook once took its server's socket and served its own page: no step is possible any more."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_config import running_labs
from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow

PROBE = r"""
import ctypes, glob, json, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    return [libc.syscall(number, *arguments), ctypes.get_errno()]
def read(path):
    try:
        return open(path, "rb").read().decode(errors="replace")
    except OSError as error:
        return type(error).__name__
numbers = {"ptrace": 101, "keyctl": 250, "perf_event_open": 298, "process_vm_readv": 310, "process_vm_writev": 311,
           "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "pidfd_getfd": 438, "unshare": 272, "setns": 308,
           "mount": 165, "memfd_create": 319} if os.uname().machine == "x86_64" else {"pidfd_getfd": 438, "io_uring_setup": 425}
pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
print(json.dumps({
    "calls": {name: call(number, 0, 0, 0, 0, 0, 0) for name, number in numbers.items()},
    "clone into a user namespace": call(56, 0x10000011, 0, 0, 0, 0) if os.uname().machine == "x86_64" else [-1, 1],
    "clone3": call(435, 0, 0),
    "commands": [read(f"/proc/{pid}/cmdline") for pid in pids],
    "environments": [read(f"/proc/{pid}/environ") for pid in pids],
    "own variables": dict(os.environ),
    "pidfds": [call(438, os.pidfd_open(pid), 3, 0) for pid in pids],
    "run": sorted(os.listdir("/run")),
    "sockets": [line.split()[-1] for line in open("/proc/net/unix").read().splitlines()[1:]],
    "hub": os.path.exists("/run/hub/hub.sock"),
}))
"""


@pytest.fixture(scope="module")
def lab(hub: LocalHub) -> LocalHub:
    """Return a hub with the lab of u7."""
    hub.spawn("u7")
    return hub


@pytest.fixture(scope="module")
def found(lab: LocalHub) -> dict[str, Any]:
    """Return what a notebook finds."""
    findings: dict[str, Any] = json.loads(lab.run("u7", lab.token_of("u7"), PROBE))
    return findings


def get(lab: LocalHub, path: str) -> httpx.Response:
    """Return what the lab answers to its owner."""
    headers = {"Authorization": f"token {lab.token_of('u7')}"}
    return httpx.get(f"{lab.server('u7')}{path}", headers=headers, timeout=30)


def server_process(lab: LocalHub) -> Path:
    """Return the /proc folder of the server of u7."""
    record = running_labs.recorded(lab.runtime / "labs", "u7")
    assert record is not None
    (server,) = running_labs._children(record.pid)
    return Path(f"/proc/{server}")


def test_a_notebook_sees_no_process_of_its_server(found: dict[str, Any]) -> None:
    assert not [command for command in found["commands"] if "chengxue_lab" in command]
    assert [command for command in found["commands"] if "ipykernel_launcher" in command]


def test_a_notebook_takes_no_descriptor_of_another_process(found: dict[str, Any]) -> None:
    assert {tuple(result) for result in found["pidfds"]} == {(-1, 1)}


@pytest.mark.parametrize(
    "name",
    ["ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "keyctl", "userfaultfd", "io_uring_setup"]
    + ["perf_event_open", "bpf", "unshare", "setns", "mount"],
)
def test_a_call_that_no_notebook_needs_is_refused(found: dict[str, Any], name: str) -> None:
    if name not in found["calls"]:
        pytest.skip("no number for this machine here")
    assert found["calls"][name] == [-1, 1]


def test_no_namespace_is_made_inside(found: dict[str, Any]) -> None:
    assert found["clone into a user namespace"] == [-1, 1]
    assert found["clone3"] == [-1, 38]


def test_no_token_stands_where_a_notebook_looks(lab: LocalHub, found: dict[str, Any]) -> None:
    assert not [name for name in found["own variables"] if "TOKEN" in name or name.startswith("JUPYTERHUB_")]
    assert lab.lab_token("u7") not in json.dumps(found)


def test_a_terminal_finds_no_token_either(lab: LocalHub) -> None:
    said = lab.type("u7", lab.token_of("u7"), "env; cat /proc/*/environ; ls /run; echo $((6*7)) seen", "42 seen")

    assert "JUPYTERHUB_" not in said
    assert lab.lab_token("u7") not in said
    assert "hub" not in said.replace("chengxue-hub", "").replace("/hub/", "")


def test_a_notebook_sees_its_own_sockets_and_the_portals(found: dict[str, Any]) -> None:
    assert found["run"] == ["kernel", "portal"]
    assert not found["hub"]
    assert {path for path in found["sockets"] if path.startswith("/")} <= {
        f"/run/kernel/s-{number}" for number in range(1, 6)
    }


def test_the_server_hides_its_memory_and_descriptors_from_its_own_user(lab: LocalHub) -> None:
    process = server_process(lab)

    assert (process / "environ").stat().st_uid == 0
    assert "ipykernel" not in (process / "cmdline").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads what the server hides")
def test_no_process_of_a_lab_was_started_with_its_token(lab: LocalHub) -> None:
    record = running_labs.recorded(lab.runtime / "labs", "u7")
    assert record is not None
    processes = [Path(f"/proc/{record.pid}"), Path(f"/proc/{record.launcher_pid}"), server_process(lab)]

    for process in processes:
        for name in ("environ", "cmdline"):
            assert lab.lab_token("u7") not in (process / name).read_text(encoding="utf-8", errors="replace"), process


@pytest.mark.parametrize(
    "target", ["/proc/self/environ", "/proc/1/environ", "/proc/self/mem", "/run/hub", "/tmp/jupyter"]
)
def test_a_link_in_the_home_shows_nothing_of_the_server(lab: LocalHub, target: str) -> None:
    name = "link" + target.replace("/", "-")
    lab.run("u7", lab.token_of("u7"), f"import os; os.symlink({target!r}, os.path.expanduser('~/{name}'))")

    for path in (f"api/contents/{name}", f"files/{name}", f"api/contents/{name}?content=1&format=text&type=file"):
        assert get(lab, path).status_code in (403, 404, 500), path
    lab.run("u7", lab.token_of("u7"), "import os; open(os.path.expanduser('~/kept.txt'), 'w').close()")
    listed = [item["name"] for item in get(lab, "api/contents/").json()["content"]]
    assert "kept.txt" in listed
    assert name not in listed


def test_what_a_link_leads_to_is_not_written(lab: LocalHub) -> None:
    lab.run("u7", lab.token_of("u7"), "import os; os.symlink('/tmp', os.path.expanduser('~/out'))")

    headers = {"Authorization": f"token {lab.token_of('u7')}"}
    body = {"type": "file", "format": "text", "content": "x"}
    put = httpx.put(f"{lab.server('u7')}api/contents/out/planted.txt", headers=headers, json=body, timeout=30)

    assert put.status_code in (400, 403, 404)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root looks into the server's memory files")
def test_no_file_of_the_server_holds_its_token(lab: LocalHub) -> None:
    memory = server_process(lab) / "root/tmp"

    for file in (file for file in memory.rglob("*") if file.is_file() and not file.is_symlink()):
        assert lab.lab_token("u7") not in file.read_text(encoding="utf-8", errors="replace"), file
    assert not list(memory.rglob("jpserver-*"))


CHECKPOINT = """
import os
os.makedirs(os.path.expanduser("~/c"), exist_ok=True)
os.chdir(os.path.expanduser("~/c"))
os.symlink("/tmp/jupyter", ".ipynb_checkpoints")
open("kernel.json", "w").close()
"""


def test_a_checkpoint_behind_a_link_is_not_restored(lab: LocalHub) -> None:
    lab.run("u7", lab.token_of("u7"), CHECKPOINT)
    headers = {"Authorization": f"token {lab.token_of('u7')}"}
    address = f"{lab.server('u7')}api/contents/c/kernel.json/checkpoints"

    assert httpx.post(address, headers=headers, timeout=30).status_code == 201
    assert httpx.post(f"{address}/checkpoint", headers=headers, timeout=30).status_code == 404
    assert not (lab.var / "homes/u7/c/kernel.json").read_bytes()


def test_open_tabs_are_not_written_behind_a_link(lab: LocalHub) -> None:
    link = "d = os.path.expanduser('~/.jupyter/lab'); os.makedirs(d, exist_ok=True)"
    lab.run("u7", lab.token_of("u7"), f"import os; {link}; os.symlink('/tmp', d + '/workspaces')")
    headers = {"Authorization": f"token {lab.token_of('u7')}"}
    body = {"data": {}, "metadata": {"id": "w"}}

    put = httpx.put(f"{lab.server('u7')}lab/api/workspaces/w", headers=headers, json=body, timeout=30)

    assert put.status_code == 500
    (lab.var / "homes/u7/.jupyter/lab/workspaces").unlink()
    assert (
        httpx.put(f"{lab.server('u7')}lab/api/workspaces/w", headers=headers, json=body, timeout=30).status_code == 204
    )


def test_a_notebook_does_not_name_the_module_that_converts_it(lab: LocalHub) -> None:
    headers = {"Authorization": f"token {lab.token_of('u7')}"}
    named = {"language_info": {"name": "x", "nbconvert_exporter": "subprocess.Popen"}}
    document = {"cells": [], "metadata": named, "nbformat": 4, "nbformat_minor": 5}

    address = f"{lab.server('u7')}nbconvert/script"
    said = httpx.post(address, headers=headers, json={"name": "n.ipynb", "content": document}, timeout=30)

    assert "not converted here" in said.text


PLANT = """
import os, json, pathlib
home = pathlib.Path.home()
mark = "open('/home/u7/taken-over', 'w').write(open('/proc/self/cmdline').read())"
def put(path, text):
    path = home / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
for name in ("nbgrader_config.py", "jupyter_server_config.py", "jupyter_config.py", "jupyter_nbconvert_config.py", "sitecustomize.py",
             "usercustomize.py", ".jupyter/jupyter_server_config.py", ".jupyter/nbgrader_config.py", ".ipython/profile_server/x.py",
             ".local/lib/python3.11/site-packages/usercustomize.py", "chengxue_lab.py", "jupyter_server.py"):
    put(name, mark + chr(10))
put(".local/lib/python3.11/site-packages/x.pth", "import os; " + mark + chr(10))
argv = {"argv": ["/bin/sh", "-c", "cat /proc/self/cmdline > /home/u7/taken-over"], "display_name": "x", "language": "x",
        "metadata": {"kernel_provisioner": {"provisioner_name": "local-provisioner"}}}
for name in ("python3", "evil"):
    put(f".local/share/jupyter/kernels/{name}/kernel.json", json.dumps(argv))
template = "{{ ''.__class__.__mro__[1].__subclasses__() }} planted template"
for name in ("lab", "classic", "basic"):
    for place in ("", ".local/share/jupyter/nbconvert/templates/", ".jupyter/"):
        put(f"{place}{name}/index.html.j2", template)
        put(f"{place}{name}/conf.json", "{}")
put(".jupyter/labconfig/page_config.json", '{"planted": "yes"}')
put(".local/share/jupyter/labextensions/planted/package.json", '{"name": "planted", "jupyterlab": {"_build": {"load": "x.js"}}}')
put("n.ipynb", json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
print("planted")
"""


@pytest.fixture(scope="module")
def planted(lab: LocalHub) -> LocalHub:
    """Return the lab after a notebook has put code wherever a Jupyter server might take it from."""
    assert "planted" in lab.run("u7", lab.token_of("u7"), PLANT)
    return lab


@pytest.mark.parametrize("path", ["assignments?course_id=x", "nbconvert/html/n.ipynb", "api/kernelspecs", "lab"])
def test_the_running_server_takes_no_code_from_the_home(planted: LocalHub, path: str) -> None:
    answer = get(planted, path)

    assert "planted" not in answer.text.replace("/planted", "")
    assert "evil" not in answer.text
    assert not (planted.var / "homes/u7/taken-over").exists()


def test_the_next_server_takes_no_code_from_the_home(planted: LocalHub) -> None:
    planted.call("DELETE", "users/u7/server")
    planted.wait_until(lambda: not planted.is_ready("u7"), 30, "the lab ended")

    planted.spawn("u7")

    for path in ("lab", "api/kernelspecs", "assignments?course_id=x"):
        assert "planted" not in get(planted, path).text.replace("/planted", "")
    assert not (planted.var / "homes/u7/taken-over").exists()


def test_validation_runs_the_notebook_apart_from_the_server(lab: LocalHub) -> None:
    source = "import os; open(os.path.expanduser('~/where'), 'w').write(str(sorted(os.listdir('/run'))))"
    cell: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        "id": "a",
    }
    spec = {"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
    document = json.dumps({"cells": [cell], "metadata": spec, "nbformat": 4, "nbformat_minor": 5})
    lab.run("u7", lab.token_of("u7"), f"import os; open(os.path.expanduser('~/v.ipynb'), 'w').write({document!r})")

    headers = {"Authorization": f"token {lab.token_of('u7')}"}
    address = f"{lab.server('u7')}assignments/validate"
    said = httpx.post(address, headers=headers, data={"path": "v.ipynb"}, timeout=60).json()

    assert said["success"], said
    assert (lab.var / "homes/u7/where").read_text(encoding="utf-8") == "['kernel', 'portal']"
