"""The site answers on no name that is the labs': cookies do not tell ports apart."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from portal.installation.paths import ROOT

ASK = "import portal.settings as s; print(*s.ALLOWED_HOSTS); print(*s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"


@pytest.mark.parametrize(
    ("environ", "answers_on_loopback", "forms"),
    [
        ({}, True, "http://hub.localhost:8001 http://*.localhost:8001"),
        ({"HUB_URL": "http://127.0.0.1:8001", "LAB_ORIGINS": "one"}, False, "http://127.0.0.1:8001"),
        (
            {"PORTAL_URL": "https://portal.county.gov", "HUB_URL": "https://hub.county.gov"},
            True,
            "https://hub.county.gov https://*.hub.county.gov",
        ),
    ],
)
def test_names_follow_from_the_addresses(environ: dict[str, str], answers_on_loopback: bool, forms: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("PORTAL_URL", "HUB_URL", "LAB_ORIGINS")}

    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env={**kept, **environ}, capture_output=True, text=True, check=True
    )

    hosts, policy = done.stdout.splitlines()
    assert ("127.0.0.1" in hosts.split()) is answers_on_loopback
    assert forms in policy
