"""When labs cannot be isolated, or are all taken, people are told so and nothing starts unguarded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.hub_config.local_hub import LocalHub, local_hub

pytestmark = pytest.mark.slow

WITHOUT_BUBBLEWRAP = "\nfrom hub_config import sandbox\nsandbox.BUBBLEWRAP = '/bin/false'\n"


@contextmanager
def hub_with(environments: Path, **options: object) -> Iterator[LocalHub]:
    """Yield a hub in a folder of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder,
        local_hub(Path(folder), environments, **options) as hub,
    ):
        yield hub


def test_no_lab_starts_where_it_cannot_be_isolated(environments: Path) -> None:
    with hub_with(environments, more_configuration=WITHOUT_BUBBLEWRAP) as hub:
        hub.call("POST", "users/u3")

        answer = hub.call("POST", "users/u3/server")

        assert answer.status_code >= 500, answer.text
        assert "bubblewrap" in hub.log
        assert not list((hub.runtime / "labs").glob("*.json"))
        assert not hub.is_ready("u3")


def test_the_explicit_flag_starts_labs_without_walls(environments: Path) -> None:
    flag = {"CHENGXUE_INSECURE_LABS": "1"}
    with hub_with(environments, more_configuration=WITHOUT_BUBBLEWRAP, more_environ=flag) as hub:
        hub.spawn("u3")

        said = hub.run("u3", hub.token_of("u3"), "import os; print(os.path.exists('/root'), os.environ['HOME'])")

        assert said.split() == ["True", str(hub.var / "homes" / "u3")]
        assert "runs without a sandbox" in hub.log
        assert "CANARY" not in hub.run("u3", hub.token_of("u3"), "import os; print(os.environ)")


def test_when_all_labs_are_taken_a_page_waits_and_enters_by_itself(environments: Path, browser: Browser) -> None:
    with hub_with(environments, max_labs=1) as hub:
        hub.spawn("u3")
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{hub.url}/hub/login?next=/hub/spawn")
        page.fill("input[name=username]", "u4")
        page.fill("input[name=password]", hub.password)
        page.click("button[type=submit]")
        expect(page.locator("h1")).to_contain_text("暂时满员", timeout=20_000)

        hub.call("DELETE", "users/u3/server")

        page.wait_for_url("**/user/u4/lab*", timeout=60_000)
        page.close()
