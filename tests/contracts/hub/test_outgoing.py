"""What leaves a real lab as a file is shown to the portal first; the same bytes come after a grant, others do not.

The portal is the small one of these tests, the scan behind it is the real one.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import threading
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, expect

from labs.outgoing.scanning.judging import Known, judge
from labs.outgoing.scanning.rows import Fingerprints
from tests.contracts.hub.test_bar import open_lab
from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow

USER = "u7"
KEY = b"k" * 32
ROWS = [[f"2016-10-04 {n // 60:02d}:{n % 60:02d}:42", f"BHM{n % 17:02d}", str((n * 37) % 577)] for n in range(300)]
TABLE = "\n".join(",".join(row) for row in ROWS).encode()
KNOWN = Known("birmingham/1", frozenset([hashlib.sha256(TABLE).hexdigest()]), (Fingerprints.of(ROWS, KEY),))


def scan(name: str, content: bytes) -> list[str]:
    """Return what stops the file."""
    return [each.code for each in judge(name, content, needs_review=False, known=[KNOWN], key=KEY)]


def notebook(*texts: str) -> bytes:
    outputs = [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]
    cell = {
        "cell_type": "code", "id": "a", "metadata": {}, "source": "1 + 1", "outputs": outputs, "execution_count": None
    }  # fmt: skip
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


class Lab:
    """The lab of one person, spoken to as its page does."""

    def __init__(self, hub: LocalHub) -> None:
        self.hub, self.token = hub, hub.token_of(USER)
        hub.spawn(USER)
        hub.lab_api.judge = scan

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"token {self.token}", **options.pop("headers", {})}
        url = f"{self.hub.server(USER)}{path}"
        return httpx.request(method, url, headers=headers, timeout=60, **options)

    def put(self, path: str, content: bytes) -> None:
        """Lay a file into the home."""
        body = {"type": "file", "format": "base64", "content": base64.b64encode(content).decode()}
        assert self.ask("PUT", f"api/contents/{quote(path)}", json=body).status_code in (200, 201)


@pytest.fixture(scope="module")
def lab(hub: LocalHub) -> Lab:
    """Return the lab."""
    return Lab(hub)


@pytest.fixture(autouse=True)
def nothing_granted(lab: Lab) -> None:
    """Every test begins without grants."""
    lab.hub.lab_api.let_leave.clear()
    lab.hub.lab_api.shown.clear()


def is_held(answer: httpx.Response) -> bool:
    """Return whether the lab said no, and nothing of the table stands in what it said."""
    return answer.status_code == 403 and b"BHM" not in answer.content


def test_a_clean_notebook_passes_at_once_on_each_way(lab: Lab) -> None:
    lab.put("clean.ipynb", notebook("2"))

    got = lab.ask("GET", "files/clean.ipynb")
    assert (got.status_code, got.content) == (200, notebook("2"))
    assert "attachment" in got.headers["Content-Disposition"]
    exported = lab.ask("GET", "nbconvert/html/clean.ipynb?download=true")
    assert exported.status_code == 200 and "<title>clean</title>" in exported.text
    routes = [(name, route) for name, route, _ in lab.hub.lab_api.shown]
    assert routes == [("clean.ipynb", "download"), ("clean.ipynb", "export")]


WRAPPED = {
    "data.csv": TABLE,
    "renamed.png": TABLE,
    "packed.csv.gz": gzip.compress(TABLE),
    "letters.txt": base64.encodebytes(TABLE),
    "printed.ipynb": notebook(TABLE.decode()),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_the_table_stops_however_it_is_named_or_wrapped(lab: Lab, name: str) -> None:
    lab.put(name, WRAPPED[name])

    for path in (f"files/{name}", f"files/{name}?download=1"):
        answer = lab.ask("GET", path)
        assert is_held(answer)
        assert "发现：" in answer.text and "labs/outgoing/" in answer.text
    part = lab.ask("GET", f"files/{name}", headers={"Range": "bytes=0-100"})
    assert is_held(part)
    assert not lab.ask("HEAD", f"files/{name}").content


@pytest.mark.parametrize("name", ["html", "markdown", "notebook", "python", "script", "slides"])
def test_no_export_of_a_notebook_takes_the_table_along(lab: Lab, name: str) -> None:
    lab.put("printed.ipynb", notebook(TABLE.decode()))

    assert is_held(lab.ask("GET", f"nbconvert/{name}/printed.ipynb"))


def test_an_archive_made_in_a_terminal_stops(lab: Lab) -> None:
    code = "import os, zipfile\nos.makedirs('folder', exist_ok=True)\nopen('folder/data.csv', 'wb').write(open('data.csv', 'rb').read())\n"
    code += (
        "archive = zipfile.ZipFile('folder.zip', 'w')\narchive.write('folder/data.csv')\narchive.close()\nprint('made')"
    )
    lab.put("data.csv", TABLE)
    assert "made" in lab.hub.run(USER, lab.token, code)

    assert is_held(lab.ask("GET", "files/folder.zip"))
    assert is_held(lab.ask("GET", "api/contents/folder.zip?content=1"))


def test_links_lead_to_nothing_that_was_not_shown(lab: Lab) -> None:
    lab.put("data.csv", TABLE)
    code = (
        "import os\nfor name, to in (('l.csv', 'data.csv'), ('d.csv', '/srv/datasets/birmingham/1/occupancy.csv')):\n"
    )
    code += "    os.path.lexists(name) and os.remove(name)\n    os.symlink(to, name)\nprint('made')"
    assert "made" in lab.hub.run(USER, lab.token, code)

    assert is_held(lab.ask("GET", "files/l.csv"))
    lab.hub.lab_api.shown.clear()
    # The data has no address to be saved from; an editor may show it, and what it shows stands on the screen.
    for way in ("files", "nbconvert/html"):
        assert b"1,2" not in lab.ask("GET", f"{way}/d.csv").content
    assert not [content for _, _, content in lab.hub.lab_api.shown if content != b"a,b\n1,2\n"]


def test_the_contents_api_gives_the_page_what_it_shows_and_no_packed_file(lab: Lab) -> None:
    lab.put("packed.csv.gz", gzip.compress(TABLE))
    lab.put("data.csv", TABLE)

    # What an editor shows stands on the screen.
    assert lab.ask("GET", "api/contents/data.csv").json()["content"] == TABLE.decode()
    for path in (
        "packed.csv.gz",
        "packed.csv.gz?hash=1",
        "data.csv?type=file&format=base64",
        "packed.csv.gz?type=other",
    ):
        assert is_held(lab.ask("GET", f"api/contents/{path}"))
    assert lab.ask("GET", "api/contents/packed.csv.gz?content=0").json()["content"] is None
    # Its address in the browser's own bar is a download.
    for path in ("api/contents/data.csv", "api/contents/", "lab/api/workspaces", "api/contents/data.csv/checkpoints"):
        assert lab.ask("GET", path, headers={"Sec-Fetch-Mode": "navigate"}).status_code == 403
    assert lab.ask("POST", "api/contents/data.csv/checkpoints/none").status_code == 404


def test_after_a_grant_exactly_these_bytes_leave(lab: Lab) -> None:
    lab.put("data.csv", TABLE)
    assert is_held(lab.ask("GET", "files/data.csv"))
    lab.hub.lab_api.let_leave.add(hashlib.sha256(TABLE).hexdigest())

    assert lab.ask("GET", "files/data.csv").content == TABLE
    lab.put("data.csv", TABLE + b"\n")
    assert is_held(lab.ask("GET", "files/data.csv"))


def test_what_is_too_large_or_unasked_does_not_leave(lab: Lab) -> None:
    lab.hub.run(USER, lab.token, "open('large.bin', 'wb').write(bytes((20 << 20) + 1))\nprint(1)")

    assert lab.ask("GET", "files/large.bin").status_code == 413
    assert not lab.hub.lab_api.shown
    lab.put("clean.ipynb", notebook("2"))
    lab.hub.lab_api.judge = lambda name, content: 1 / 0  # type: ignore[assignment,return-value]  # the portal breaks down
    try:
        assert lab.ask("GET", "files/clean.ipynb").status_code == 503
        assert lab.ask("GET", "nbconvert/html/clean.ipynb").status_code == 503
    finally:
        lab.hub.lab_api.judge = scan


def test_a_file_that_changes_all_the_time_leaves_as_it_was_shown(lab: Lab) -> None:
    code = """
import os, threading, time
open('good', 'w').write('fine')
open('bad', 'wb').write(open('data.csv', 'rb').read())
def flip():
    while True:
        for name in ('good', 'bad'):
            os.link(name, 'next')
            os.replace('next', 'flip.csv')
threading.Thread(target=flip, daemon=True).start()
time.sleep(8)
print('done')
"""
    lab.put("data.csv", TABLE)
    seen = set()
    flipping = threading.Thread(target=lambda: lab.hub.run(USER, lab.token, code))
    flipping.start()
    while flipping.is_alive():
        answer = lab.ask("GET", "files/flip.csv")
        if answer.status_code == 200:
            seen.add(answer.content)
    assert seen == {b"fine"}


def test_the_page_says_the_rule_beforehand_and_a_held_file_in_words(lab: Lab, browser: Browser) -> None:
    lab.put("data.csv", TABLE)
    page, _ = open_lab(lab.hub, browser, USER)

    bar = page.get_by_role("region", name="实训作业")
    expect(bar).to_contain_text("外发：扫描后放行")
    bar.get_by_text("外发：扫描后放行").click()
    expect(bar).to_contain_text("屏幕上的内容拦不住")
    page.locator(".jp-BreadCrumbs-home").first.click()
    page.locator(".jp-DirListing-item", has_text="data.csv").first.click(button="right")
    page.locator(".lm-Menu-item[data-command='filebrowser:download']").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("文件没有外发")
    expect(dialog).to_contain_text("发现：copy")
    expect(dialog.get_by_role("link", name="查看并申请外发")).to_have_attribute(
        "href", f"http://localhost:8000/labs/outgoing/{hashlib.sha256(TABLE).hexdigest()}/"
    )
