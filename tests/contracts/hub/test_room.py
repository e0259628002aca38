"""What a lab may take, as its processes and its page show it; a full one still opens, reads and deletes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from hub_config import running_labs
from hub_config.process_trees import snapshot, tree_of, trees_below
from tests.hub_config.fake_lab_api import ASSIGNMENT
from tests.hub_config.local_hub import LocalHub, local_hub

from .test_bar import open_lab

pytestmark = pytest.mark.slow

LIMITS = {"LAB_HOME_MB": "64", "LAB_HOME_FILES": "3000", "LAB_IDLE_MINUTES": "45"}


@pytest.fixture(scope="module")
def hub(environments: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """Yield a hub whose homes are small."""
    folder = Path("/tmp", f"chengxue-room-{os.getpid()}")
    with local_hub(folder, environments, more_environ=LIMITS) as hub:
        yield hub
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.fixture(scope="module")
def token(hub: LocalHub) -> str:
    """Return the owner of a lab that runs."""
    hub.spawn("u3")
    return hub.token_of("u3")


def call(hub: LocalHub, user: str, token: str, method: str, path: str, **options: Any) -> httpx.Response:
    headers = {"Authorization": f"token {token}"}
    return httpx.request(method, f"{hub.server(user)}{path}", headers=headers, timeout=40, **options)


def room(hub: LocalHub, user: str, token: str) -> dict[str, Any]:
    found: dict[str, Any] = call(hub, user, token, "GET", "chengxue/room?no_track_activity=1").json()
    return found


def goes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text(encoding="ascii"))


def test_the_machine_takes_kernels_first_then_labs_and_the_hub_last(hub: LocalHub, token: str) -> None:
    hub.run("u3", token, "", "begin", "open('/proc/self/oom_score_adj', 'w').write('501'); import time; time.sleep(60)")
    lab = running_labs.recorded(hub.runtime / "labs", "u3")
    assert lab is not None and hub.process is not None

    def kernels() -> list[int]:
        return [part.pid for tree in trees_below(snapshot(), lab.launcher_pid) for part in tree.all]

    # A kernel that gives itself a better place is put back.
    hub.wait_until(lambda: kernels() and all(goes(pid) == 900 for pid in kernels()), 10, "kernels go first")
    server = tree_of(snapshot(), lab.pid)
    assert server is not None
    assert {goes(part.pid) for part in server.all} == {500}
    assert goes(lab.launcher_pid) == 500
    assert goes(hub.process.pid) == goes(int((hub.runtime / "proxy.pid").read_text(encoding="utf-8"))) == 0


def test_a_busy_lab_is_in_use_although_it_says_nothing(hub: LocalHub, token: str) -> None:
    hub.spawn("u6")
    owner = hub.token_of("u6")
    time.sleep(3)
    assert room(hub, "u6", owner)["is_busy"] is False
    assert room(hub, "u6", owner)["idle_left_s"] <= 45 * 60 - 2

    hub.run("u6", owner, "", "begin", "import time; time.sleep(60)")
    time.sleep(3)

    said = room(hub, "u6", owner)
    assert said["is_busy"] is True
    assert said["idle_left_s"] == 45 * 60


def test_a_full_home_opens_its_notebook_and_deletes(hub: LocalHub, browser: Browser) -> None:
    page, _ = open_lab(hub, browser, "u5")
    owner = hub.token_of("u5")
    fill = "open('/home/u5/large.bin', 'wb').write(b'x' * (70 << 20)); import time; time.sleep(60)"
    hub.run("u5", owner, "", "begin", fill)
    expect(page.locator(".cx-bar")).to_contain_text("个人空间已满", timeout=30_000)
    assert [note["kind"] for note in room(hub, "u5", owner)["notes"]] == ["home"]

    # Kernels read, and say what is wrong in Python's own words; the page refuses another file and saves the notebook.
    said = hub.run("u5", owner, "print(len(open('/home/u5/large.bin', 'rb').read())); open('/home/u5/new', 'w')")
    assert str(70 << 20) in said and "Read-only file system" in said
    new = {"type": "file", "format": "text", "content": "x"}
    refused = call(hub, "u5", owner, "PUT", "api/contents/more.txt", json=new)
    assert refused.status_code == 507 and "空间" in refused.json()["message"]
    notebook = call(hub, "u5", owner, "GET", f"chengxue/open/{ASSIGNMENT}", follow_redirects=False)
    assert notebook.status_code == 302
    path = notebook.headers["Location"].partition("/tree/")[2]
    model = call(hub, "u5", owner, "GET", f"api/contents/{path}").json()
    kept = call(hub, "u5", owner, "PUT", f"api/contents/{path}", json={"type": "notebook", "content": model["content"]})
    assert kept.status_code == 200, kept.text

    delete_the_largest(page)

    hub.wait_until(lambda: not room(hub, "u5", owner)["home"]["is_full"], 20, "there is room again")
    assert "42" in hub.run("u5", owner, "open('/home/u5/new', 'w').write('x'); print(6 * 7)")


def delete_the_largest(page: Page) -> None:
    bar = page.get_by_role("region", name="实训作业")
    bar.locator(".cx-room summary").focus()
    page.keyboard.press("Enter")
    button = bar.get_by_role("button", name="删除 large.bin")
    expect(button).to_be_visible(timeout=15_000)
    # What is small is not offered, the notebook neither.
    expect(bar.locator(".cx-room tbody tr")).to_have_count(1)
    button.click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(button).to_have_count(0, timeout=15_000)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount")
def test_on_a_disk_that_is_really_full_a_lab_starts_and_opens_its_notebook(hub: LocalHub) -> None:
    home = hub.var / "homes/u8"
    home.mkdir(mode=0o700)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k,uid=200008,gid=200008,mode=700", "tmpfs", str(home)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(mounted.stderr)
    try:
        hub.spawn("u8")
        owner = hub.token_of("u8")
        opened = call(hub, "u8", owner, "GET", f"chengxue/open/{ASSIGNMENT}", follow_redirects=False)
        path = opened.headers["Location"].partition("/tree/")[2]
        filler = home / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        os.chown(filler, 200008, 200008)
        hub.call("DELETE", "users/u8/server")
        hub.wait_until(lambda: not hub.is_ready("u8"), 30, "the lab ended")

        hub.spawn("u8")

        assert call(hub, "u8", owner, "GET", f"chengxue/open/{ASSIGNMENT}", follow_redirects=False).status_code == 302
        assert call(hub, "u8", owner, "GET", f"chengxue/state?path={path}").json()["assignment"]["uuid"] == ASSIGNMENT
        assert call(hub, "u8", owner, "GET", f"api/contents/{path}").status_code == 200
        new = {"type": "file", "format": "text", "content": "x" * 8192}
        refused = call(hub, "u8", owner, "PUT", "api/contents/more.txt", json=new)
        assert refused.status_code == 507 and "空间" in refused.json()["message"]
        assert hub.run("u8", owner, "print(6 * 7)").strip() == "42"
        assert call(hub, "u8", owner, "DELETE", "chengxue/room/largest?path=filler").status_code == 204
        assert call(hub, "u8", owner, "PUT", "api/contents/more.txt", json=new).status_code == 201
    finally:
        hub.call("DELETE", "users/u8/server")
        subprocess.run(["umount", "-l", str(home)], check=True)


def test_below_the_watermark_no_lab_starts_and_the_page_says_why(
    environments: Path, tmp_path: Path, browser: Browser
) -> None:
    folder = Path("/tmp", f"chengxue-watermark-{os.getpid()}")
    with local_hub(folder, environments, more_environ={"LAB_FREE_MEMORY_MB": "10000000"}) as hub:
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(f"{hub.url}/hub/user-redirect/lab")
        page.fill("input[name=username]", "u7")
        page.fill("input[name=password]", hub.password)
        page.click("button[type=submit]")

        expect(page.get_by_role("heading")).to_have_text("正在等待空位", timeout=20_000)
        expect(page.locator("main")).to_contain_text("服务器内存不足")
        expect(page.locator("main")).to_contain_text("short of memory")
        assert not hub.is_ready("u7")
    subprocess.run(["rm", "-rf", str(folder)], check=True)
