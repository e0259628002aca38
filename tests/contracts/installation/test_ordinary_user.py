"""An ordinary user installs from a bundle, without a network and without root, and everything runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.installation.bundle import verify_bundle
from portal.installation.messages import Refusal
from portal.installation.people import Account, identity
from portal.installation.ports import free_port
from tests.contracts.installation.conftest import STRANGER
from tests.running import wait_for

pytestmark = pytest.mark.slow

READY_WITHIN_S = 600
# Nothing is asked of a network: whoever tries gets an address that nobody has.
NOWHERE = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "UV_OFFLINE": "1", "npm_config_registry": "http://127.0.0.1:9/"}


@pytest.fixture(scope="module")
def environ(bundle: Path, reachable_folder: Path) -> dict[str, str]:
    """Return the environment of an ordinary user."""
    kept = {name: value for name, value in os.environ.items() if name in ("CHENGXUE_DATA", "PIP_CERT", "SSL_CERT_FILE")}
    home = reachable_folder / "home"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, STRANGER, STRANGER)
    return {
        **kept,
        **NOWHERE,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "BUNDLE": str(bundle),
        "WEB_PORT": str(free_port()),
        "HUB_PORT": str(free_port()),
    }


def _make(verb: str, checkout: Path, environ: dict[str, str], **options: Any) -> subprocess.Popen[bytes]:
    user = identity(Account("stranger", STRANGER, STRANGER))
    command = ["/usr/bin/python3", "-m", "portal.installation", verb]
    return subprocess.Popen(command, cwd=checkout, env=environ, **user, **options)


@pytest.fixture(scope="module")
def log_of_running(checkout: Path, environ: dict[str, str], reachable_folder: Path) -> Iterator[Path]:
    """Yield what `make run` said; it runs until the tests are done."""
    log = reachable_folder / "run.log"
    with log.open("wb") as output:
        process = _make("run", checkout, environ, stdout=output, stderr=output)

    def is_ready() -> bool:
        assert process.poll() is None, log.read_text()
        return any(line.startswith("ready") for line in log.read_text().splitlines())

    try:
        wait_for(is_ready, READY_WITHIN_S, "make run of an ordinary user")
        yield log
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(90) == 0


def test_the_bundle_is_whole_and_a_changed_byte_is_noticed(bundle: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy", copy_function=os.link))
    verify_bundle(copy)
    (copy / "debian" / "packages.txt").unlink()
    (copy / "debian" / "packages.txt").write_text("something else\n")

    with pytest.raises(Refusal, match=r"debian/packages\.txt"):
        verify_bundle(copy)


def test_everything_runs_and_says_how_labs_are_kept_apart(
    log_of_running: Path, checkout: Path, environ: dict[str, str]
) -> None:
    asked = _make("status", checkout, environ, stdout=subprocess.PIPE)
    said, _ = asked.communicate()
    status = json.loads(said.splitlines()[-1])

    assert asked.returncode == 0, status
    assert {process["name"]: process["health"] for process in status["processes"]} == dict.fromkeys(
        ("supervisor", "hub", "grader", "web", "lab-api", "hub-api", "worker", "proxy"), "ok"
    )
    assert status["isolation"]["sandbox"] == "bubblewrap"
    assert status["isolation"]["user_ids"] == "shared"
    assert "by an ordinary user" in log_of_running.read_text()


def test_the_login_page_answers(log_of_running: Path, environ: dict[str, str]) -> None:
    address = f"http://localhost:{environ['WEB_PORT']}/accounts/login/"

    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.status == 200


def test_state_is_for_its_owner_alone(log_of_running: Path, checkout: Path) -> None:
    assert (checkout / "var").stat().st_mode & 0o077 == 0
    assert {file.stat().st_mode & 0o777 for file in (checkout / "var" / "secrets").iterdir()} == {0o600}
