"""A Jupyter server with the lab's rules, without a hub: what it writes, keeps and converts."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.installation.paths import ROOT
from portal.installation.ports import free_port
from tests.hub_config.fake_lab_api import FakeLabApi

pytestmark = pytest.mark.slow

PROGRAM = """
import os
from chengxue_lab import launch
from chengxue_lab.outgoing import guard_what_leaves
from jupyterlab.labapp import LabApp
launch.leave_no_token_on_disk()
launch.convert_to_known_formats_alone()
guard_what_leaves()
launch.keep_choices_inside(os.environ["JUPYTERHUB_ROOT_DIR"])
LabApp.launch_instance()
"""


@dataclass
class Server:
    """A server that runs, its home, and the folder that it alone sees."""

    url: str
    home: Path
    own: Path
    token: str

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return what the server answers to its owner."""
        headers = {"Authorization": f"token {self.token}"}
        return httpx.request(method, f"{self.url}/{path}", headers=headers, timeout=30, **options)


@pytest.fixture(scope="module")
def server(environments: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield the server."""
    folder = tmp_path_factory.mktemp("lab")
    made = Server(f"http://127.0.0.1:{free_port()}", folder / "home", folder / "own", secrets.token_hex(16))
    for place in (made.home, made.own):
        place.mkdir()
    # What leaves is shown to the portal first; this one lets everything through.
    portal = FakeLabApi(str(folder / "portal.sock"))
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(made.own),
        "PYTHONPATH": str(ROOT / "hub_config" / "lab"),
        "JUPYTER_RUNTIME_DIR": str(made.own / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(made.own / "none"),
        "JUPYTER_TOKEN": made.token,
        "JUPYTERHUB_ROOT_DIR": str(made.home),
        "JUPYTERHUB_API_TOKEN": "token of the lab",
        "CHENGXUE_LAB_API_SOCKET": str(folder / "portal.sock"),
        "JUPYTERLAB_SETTINGS_DIR": str(made.home / ".jupyter/lab/user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(made.home / ".jupyter/lab/workspaces"),
    }
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={made.url.rpartition(':')[2]}",
        f"--ServerApp.root_dir={made.home}",
        "--ServerApp.contents_manager_class=chengxue_lab.files.HomeFiles",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [environments / "lab/bin/python", "-c", PROGRAM, *options], env=variables, cwd="/", stdout=log, stderr=log
        )
    try:
        for _ in range(300):
            with contextlib.suppress(httpx.TransportError):
                if made.ask("GET", "api/status").status_code == 200:
                    break
            assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
            time.sleep(0.1)
        yield made
    finally:
        process.kill()
        process.wait()
        portal.shutdown()
        portal.server_close()


def notebook(**metadata: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "source": "6*7", "outputs": [], "execution_count": None, "id": "a"}
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def test_no_file_holds_the_token(server: Server) -> None:
    for place in (server.home, server.own):
        for file in place.rglob("*"):
            assert not file.is_file() or server.token not in file.read_text(encoding="utf-8", errors="replace"), file
    assert not list(server.own.rglob("jpserver-*"))


def test_a_notebook_is_saved_shown_moved_copied_and_removed(server: Server) -> None:
    for content in (notebook(), notebook(again="yes")):
        body = {"type": "notebook", "format": "json", "content": content}
        assert server.ask("PUT", "api/contents/a.ipynb", json=body).status_code in (200, 201)
    assert server.ask("GET", "api/contents/a.ipynb").json()["content"]["metadata"]["again"] == "yes"
    assert json.loads(server.ask("GET", "files/a.ipynb").text)["metadata"]["again"] == "yes"

    assert server.ask("PUT", "api/contents/d", json={"type": "directory"}).status_code == 201
    assert server.ask("PATCH", "api/contents/a.ipynb", json={"path": "d/b.ipynb"}).status_code == 200
    assert server.ask("POST", "api/contents/d", json={"copy_from": "d/b.ipynb"}).status_code == 201
    assert server.ask("POST", "api/contents/", json={"copy_from": "d"}).status_code == 201
    assert (
        sorted(os.listdir(server.home / "d"))
        == ["b-Copy1.ipynb", "b.ipynb"]
        == sorted(os.listdir(server.home / "d-Copy1"))
    )
    assert server.ask("DELETE", "api/contents/d").status_code == 400
    for path in ("d/b-Copy1.ipynb", "d/b.ipynb", "d"):
        assert server.ask("DELETE", f"api/contents/{path}").status_code == 204
    assert not (server.home / "d").exists()


def test_a_large_file_comes_in_parts(server: Server) -> None:
    for number, text in ((1, "YQ=="), (2, "Yg=="), (-1, "Yw==")):
        body = {"type": "file", "format": "base64", "content": text, "chunk": number}
        assert server.ask("PUT", "api/contents/large.bin", json=body).status_code in (200, 201)

    assert server.ask("GET", "files/large.bin").text == "abc"


def test_a_checkpoint_is_answered_and_never_kept_or_restored(server: Server) -> None:
    (server.own / "jupyter").mkdir(exist_ok=True)
    (server.own / "jupyter/x-none.json").write_text("secret", encoding="utf-8")
    (server.own / "jupyter/x-checkpoint.json").write_text("secret", encoding="utf-8")
    (server.home / "c").mkdir()
    (server.home / "c/x.json").write_text("{}", encoding="utf-8")
    (server.home / "c/.ipynb_checkpoints").symlink_to(server.own / "jupyter")

    made = server.ask("POST", "api/contents/c/x.json/checkpoints")
    assert made.status_code == 201
    assert server.ask("GET", "api/contents/c/x.json/checkpoints").json() == []
    for name in (made.json()["id"], "checkpoint"):
        assert server.ask("POST", f"api/contents/c/x.json/checkpoints/{name}").status_code == 404
        assert server.ask("DELETE", f"api/contents/c/x.json/checkpoints/{name}").status_code == 404
    assert (server.home / "c/x.json").read_text(encoding="utf-8") == "{}"
    assert (server.own / "jupyter/x-checkpoint.json").read_text(encoding="utf-8") == "secret"


def test_a_folder_is_copied_without_what_its_links_lead_to(server: Server) -> None:
    (server.own / "own.txt").write_text("secret", encoding="utf-8")
    (server.home / "l").mkdir()
    (server.home / "l/link.txt").symlink_to(server.own / "own.txt")

    assert server.ask("POST", "api/contents/", json={"copy_from": "l"}).status_code == 201

    assert (server.home / "l-Copy1/link.txt").is_symlink()


FLIP = """
import ctypes
libc, exchange, here = ctypes.CDLL(None), 2, -100
while True:
    libc.renameat2(here, b"flip", here, b"flop", exchange)
"""


def test_a_folder_and_a_link_that_change_places_all_the_time_show_the_home_alone(server: Server) -> None:
    for place, text in ((server.own / "behind", "of the server"), (server.home / "flip", "of the home")):
        place.mkdir()
        (place / "x.txt").write_text(text, encoding="utf-8")
    (server.home / "flop").symlink_to(server.own / "behind")
    seen = set()

    flipping = subprocess.Popen([sys.executable, "-c", FLIP], cwd=server.home)
    try:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            for path in ("files/flip/x.txt", "api/contents/flip/x.txt"):
                # The length is said before the file is opened: of two that change places the answer may be cut off.
                with contextlib.suppress(httpx.RemoteProtocolError):
                    seen.add(server.ask("GET", path).text)
            body = {"type": "file", "format": "text", "content": "of the home"}
            server.ask("PUT", "api/contents/flip/x.txt", json=body)
    finally:
        flipping.kill()
        flipping.wait()

    assert [text for text in seen if "of the home" in text]
    assert not [text for text in seen if "of the server" in text]
    assert (server.own / "behind/x.txt").read_text(encoding="utf-8") == "of the server"
    assert os.listdir(server.own / "behind") == ["x.txt"]


@pytest.mark.parametrize("named", ["antigravity.x", "nbconvert.exporters.pdf.PDFExporter", "pdf", "rst"])
def test_a_notebook_names_no_module_to_convert_it(server: Server, named: str) -> None:
    content = notebook(language_info={"name": "python", "nbconvert_exporter": named})
    (server.home / "n.ipynb").write_text(json.dumps(content), encoding="utf-8")

    posted = server.ask("POST", "nbconvert/script", json={"name": "n.ipynb", "content": content})

    for answer in (posted, server.ask("GET", "nbconvert/script/n.ipynb")):
        assert answer.status_code == 500
        assert "not converted here" in answer.text


@pytest.mark.parametrize("name", ["html", "markdown", "notebook", "python", "script", "slides"])
def test_known_formats_are_converted(server: Server, name: str) -> None:
    content = notebook(language_info={"name": "python", "nbconvert_exporter": "python"})
    (server.home / "n.ipynb").write_text(json.dumps(content), encoding="utf-8")

    answer = server.ask("GET", f"nbconvert/{name}/n.ipynb")

    assert answer.status_code == 200, answer.text
    assert "7" in answer.text
    assert name in server.ask("GET", "api/nbconvert").json()


@pytest.mark.parametrize("name", ["pdf", "latex", "webpdf", "custom", "asciidoc"])
def test_formats_that_start_programs_are_not(server: Server, name: str) -> None:
    assert server.ask("POST", f"nbconvert/{name}", json={"content": notebook()}).status_code in (404, 500)
    assert name not in server.ask("GET", "api/nbconvert").json()


SETTING, WORKSPACE = "lab/api/settings/@jupyterlab/apputils-extension:themes", "lab/api/workspaces/w"
RAW = {"raw": '{"theme": "JupyterLab Dark"}'}
OPEN = {"data": {"x": 1}, "metadata": {"id": "w"}}


def test_choices_and_open_tabs_are_kept(server: Server) -> None:
    assert server.ask("PUT", SETTING, json=RAW).status_code == 204
    assert server.ask("PUT", WORKSPACE, json=OPEN).status_code == 204

    assert "Dark" in server.ask("GET", SETTING).json()["raw"]
    assert server.ask("GET", WORKSPACE).json()["data"] == {"x": 1}
    assert "w" in server.ask("GET", "lab/api/workspaces").json()["workspaces"]["ids"]
    assert server.ask("DELETE", WORKSPACE).status_code == 204


@pytest.mark.parametrize("which", ["folder", "file"])
def test_they_are_not_written_or_read_through_a_link(server: Server, which: str) -> None:
    assert server.ask("PUT", WORKSPACE, json=OPEN).status_code == 204
    assert server.ask("PUT", SETTING, json=RAW).status_code == 204
    away = server.own / f"away-{which}"
    away.mkdir()
    kept = server.home / ".jupyter/lab"
    if which == "folder":
        for name in ("workspaces", "user-settings"):
            (kept / name).rename(kept / f"{name}-old")
            (kept / name).symlink_to(away)
    else:
        for file in [*kept.rglob("*.jupyterlab-workspace"), *kept.rglob("*.jupyterlab-settings")]:
            file.unlink()
            file.symlink_to(away / file.name)

    assert server.ask("PUT", WORKSPACE, json=OPEN).status_code == 500
    assert server.ask("PUT", SETTING, json=RAW).status_code == 500

    assert not list(away.iterdir())
    if which == "folder":
        for name in ("workspaces", "user-settings"):
            (kept / name).unlink()
            (kept / f"{name}-old").rename(kept / name)
