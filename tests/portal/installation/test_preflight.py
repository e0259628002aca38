"""What a machine must have, and how its lack is explained."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.installation import preflight
from portal.installation.messages import Refusal
from portal.installation.paths import Paths
from portal.installation.ports import free_port, holder_of, is_free, require_free_ports
from portal.installation.preflight import (
    require_disk,
    require_packages,
    require_passable,
    require_proxy_count,
    require_python,
)
from portal.installation.sandbox import APPARMOR_PROFILE, explain


@pytest.fixture
def busy_port() -> Iterator[int]:
    """Yield a port that this process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_busy_port_is_refused_with_its_holder_and_another_port(busy_port: int) -> None:
    paths = Paths.from_environment({"WEB_PORT": str(busy_port), "HUB_PORT": str(free_port())})

    with pytest.raises(Refusal, match=rf"{busy_port}.*{os.getpid()}.*WEB_PORT=\d+ make run"):
        require_free_ports(paths)


def test_the_holder_of_a_port_is_named(busy_port: int) -> None:
    assert holder_of(busy_port).endswith(f", {os.getpid()}")
    assert not is_free(busy_port)


def test_one_port_for_both_is_refused() -> None:
    with pytest.raises(Refusal):
        require_free_ports(Paths.from_environment({"WEB_PORT": "9000", "HUB_PORT": "9000"}))


def test_an_old_python_is_refused() -> None:
    with pytest.raises(Refusal, match=r"3\.10\.12"):
        require_python((3, 10, 12))


@pytest.mark.parametrize(
    ("url", "count", "refusal"),
    [
        ("https://learn.example", None, "TRUSTED_PROXY_COUNT=1 make run"),
        ("https://learn.example", "", "TRUSTED_PROXY_COUNT=0"),
        ("https://learn.example", "one", "one"),
        ("https://learn.example", "-1", "-1"),
        ("http://localhost:8000", "１", "１"),
    ],
)
def test_proxies_are_counted_behind_https(url: str, count: str | None, refusal: str) -> None:
    with pytest.raises(Refusal, match=refusal):
        require_proxy_count(url, {} if count is None else {"TRUSTED_PROXY_COUNT": count})


def test_counted_proxies_and_plain_http_pass() -> None:
    require_proxy_count("https://learn.example", {"TRUSTED_PROXY_COUNT": "0"})
    require_proxy_count("https://learn.example", {"TRUSTED_PROXY_COUNT": "2"})
    require_proxy_count("http://localhost:8000", {})


def test_little_disk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="VAR_DIR"):
        require_disk(tmp_path / "not" / "yet" / "there", 10**9)


def test_an_ordinary_user_gets_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(preflight.os, "geteuid", lambda: 1000)

    with pytest.raises(Refusal, match=r"sudo sh -c 'apt-get update && apt-get install .* bubblewrap'"):
        require_packages([("bubblewrap", lambda: False), ("openssl", lambda: True)])


def test_a_machine_without_apt_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight.shutil, "which", lambda name: None)

    with pytest.raises(Refusal, match="bubblewrap"):
        require_packages([("bubblewrap", lambda: False)])


def test_a_closed_parent_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "checkout").mkdir(parents=True)
    for folder in [closed, *closed.parents]:
        if folder.stat().st_uid == os.geteuid() and Path(tempfile.gettempdir()) in folder.parents:
            folder.chmod(0o755)
    closed.chmod(0o700)

    with pytest.raises(Refusal, match=f"chmod o\\+x {closed}"):
        require_passable([closed / "checkout"])


@pytest.mark.parametrize(
    ("file", "value", "cure"),
    [
        ("user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", APPARMOR_PROFILE),
    ],
)
def test_what_forbids_the_sandbox_is_explained(tmp_path: Path, file: str, value: str, cure: str) -> None:
    setting = tmp_path / file
    setting.parent.mkdir(parents=True)
    setting.write_text(value + "\n")

    assert cure in explain("bwrap: No permissions to create new namespace", tmp_path)[1]


def test_an_unknown_cause_is_shown_as_it_was_said(tmp_path: Path) -> None:
    assert explain("bwrap: strange", tmp_path)[0] == "bwrap: strange"
