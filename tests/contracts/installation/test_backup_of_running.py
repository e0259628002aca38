"""A backup of the running system comes back whole, in another place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.installation.paths import ROOT, Paths
from tests.running import Installation

pytestmark = pytest.mark.slow

CONTENT = """
import json
from django.apps import apps
print(json.dumps({model._meta.label: model._default_manager.count() for model in apps.get_models()
                  if model._meta.app_label in ("users", "organizations", "catalog", "learning", "assignments", "datasets")}))
"""


def test_a_backup_of_the_running_system_comes_back(installation: Installation, reachable_folder: Path) -> None:
    archive = reachable_folder / "all.tar"
    again = Paths.from_environment(
        {**installation.paths.environment(), "VAR_DIR": str(reachable_folder / "again"), "RUNTIME_DIR": ""}
    )
    _make(installation.paths, "backup", TO=str(archive))
    _make(again, "restore", FROM=str(archive))

    there = Installation(again, installation.portal_url, installation.hub_url, {})
    assert there.manage("shell", "-v0", "-c", CONTENT) == installation.manage("shell", "-v0", "-c", CONTENT)
    assert there.manage("verify_datasets")
    for name in ("oidc_private_key.pem", "hub_crypt_key", "django_secret_key"):
        assert again.secret(name) == installation.paths.secret(name)
    assert again.demo_accounts.read_text() == installation.paths.demo_accounts.read_text()


def _make(paths: Paths, verb: str, **arguments: str) -> None:
    environ = {**os.environ, **paths.environment(), **arguments}
    command = [sys.executable, "-m", "portal.installation", verb]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
