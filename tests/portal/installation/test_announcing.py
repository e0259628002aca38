"""Secrets are shown on a terminal alone; a log that others may read holds none."""

from __future__ import annotations

import json
import os
import pty
import select
import sys
from pathlib import Path

import pytest

from portal.installation.paths import Paths
from portal.installation.people import current_people
from portal.installation.running import announce

SECRETS = ("correct horse battery", "JBSWY3DPEHPK3PXP")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Return an installation with one demo account."""
    paths = Paths.from_environment({"VAR_DIR": str(tmp_path)})
    paths.demo_accounts.parent.mkdir(parents=True, exist_ok=True)
    account = {
        "username": "li.wei",
        "name": "李伟",
        "organization": "长安区数据局",
        "roles": [{"role": "learner"}],
        "password": SECRETS[0],
        "totp_secret": SECRETS[1],
    }
    paths.demo_accounts.write_text(json.dumps([account]), encoding="utf-8")
    return paths


def test_a_redirected_log_names_the_file_and_no_secret(paths: Paths, capfd: pytest.CaptureFixture[str]) -> None:
    announce(paths, current_people(), with_secrets=True)

    said = "".join(capfd.readouterr())
    assert str(paths.demo_accounts) in said
    assert "li.wei" in said
    assert not any(secret in said for secret in SECRETS)


def shown(screen: int) -> str:
    """Return what stands on a terminal, whose lines arrive one by one."""
    said = b""
    while select.select([screen], [], [], 0.5)[0]:
        said += os.read(screen, 65536)
    return said.decode()


@pytest.mark.parametrize("is_new", [True, False])
def test_a_terminal_shows_new_secrets_once(paths: Paths, monkeypatch: pytest.MonkeyPatch, is_new: bool) -> None:
    screen, keyboard = pty.openpty()
    os.set_blocking(screen, False)
    with os.fdopen(keyboard, "w", encoding="utf-8") as terminal, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", terminal)
        announce(paths, current_people(), with_secrets=is_new)
        terminal.flush()
        said = shown(screen)
    os.close(screen)

    assert str(paths.demo_accounts) in said
    assert all((secret in said) is is_new for secret in SECRETS)
