"""Secrets of an installation."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from portal.installation import secrets
from portal.installation.secrets import make_secrets


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    made = make_secrets(tmp_path, Path(sys.executable))
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}

    assert set(made) == set(before)
    assert make_secrets(tmp_path, Path(sys.executable)) == []
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert all(value == value.strip() for value in before.values())


@pytest.mark.parametrize("openssl", [True, False])
def test_the_signing_key_is_a_private_rsa_key(openssl: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not openssl:
        monkeypatch.setattr(secrets.shutil, "which", lambda name: None)

    key = secrets.rsa_key(Path(sys.executable))

    assert key.startswith("-----BEGIN PRIVATE KEY-----")
    assert key.endswith("-----END PRIVATE KEY-----")
