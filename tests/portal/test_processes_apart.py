"""Web, lab API and hub API are one code with three lists of addresses, each under names that the others refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.urls import Resolver404, resolve

from portal.installation.paths import Paths
from portal.installation.people import Account, People
from portal.installation.processes import programs

SAY = """
import json
from portal import settings as s
print(json.dumps([s.ROOT_URLCONF, s.ALLOWED_HOSTS, s.SECURE_SSL_REDIRECT, s.LAB_API_KNOWS_PLACES]))
"""


def settings_of(**environ: str) -> list[Any]:
    """Return what a process reads from its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHENGXUE_")}
    kept |= {"PORTAL_URL": "https://portal.example", "VAR_DIR": os.environ["VAR_DIR"], **environ}
    said = subprocess.run([sys.executable, "-c", SAY], env=kept, capture_output=True, check=True)
    found: list[Any] = json.loads(said.stdout)
    return found


def test_each_process_has_its_own_names_and_addresses() -> None:
    urls, hosts, is_redirecting, knows_places = settings_of()
    assert urls == "portal.urls" and is_redirecting and not knows_places
    assert "portal.example" in hosts and not {"lab-api", "hub-api"} & set(hosts)
    assert settings_of(CHENGXUE_LAB_API="1") == ["portal.lab_api_urls", ["lab-api", "localhost"], False, True]
    assert settings_of(CHENGXUE_HUB_API="1") == ["portal.hub_api_urls", ["hub-api"], False, False]


def test_the_hubs_addresses_are_on_its_socket_alone() -> None:
    assert resolve("/api/hub/mounts/u1", "portal.hub_api_urls")
    for path, urls in {
        "/api/hub/mounts/u1": "portal.lab_api_urls",
        "/api/lab/assignments": "portal.hub_api_urls",
        "/api/exchange/assignments": "portal.hub_api_urls",
    }.items():
        with pytest.raises(Resolver404):
            resolve(path, urls)


def test_labs_and_hub_have_processes_and_folders_of_their_own() -> None:
    paths = Paths.from_environment({"VAR_DIR": "/srv/x"})
    me = Account("me", os.geteuid(), os.getegid())
    by_name = {program.name: program for program in programs(paths, People(me, me, me))}

    sockets = {name: [listener.path for listener in by_name[name].listeners] for name in ("lab-api", "hub-api")}
    assert sockets == {"lab-api": [paths.lab_api_socket], "hub-api": [paths.hub_api_socket]}
    assert paths.hub_api_socket.parent not in (paths.lab_api_socket.parent, paths.hub_socket.parent)
