"""The hub imports nothing of the portal and derives its folders itself; both must come to the same ones."""

from __future__ import annotations

import pytest

from hub_config.origins import Origins
from hub_config.settings import HubSettings
from portal.installation.addresses import any_lab, labs_domain
from portal.installation.paths import Paths

PAIRS = {
    "hub_environment": "hub_environment",
    "lab_environment": "lab_environment",
    "proxy_command": "proxy_command",
    "homes": "homes",
    "mounts": "lab_mounts",
    "state": "hub",
    "hub_socket": "hub_socket",
    "hub_api_socket": "hub_api_socket",
    "lab_sockets": "lab_sockets",
    "proxy_socket": "proxy_socket",
    "portal_url": "portal_url",
    "hub_url": "hub_url",
    "lab_origins": "lab_origins",
    "hub_port": "hub_port",
    "max_labs": "max_labs",
}


@pytest.mark.parametrize(
    "extra", [{}, {"HUB_PORT": "9001", "WEB_PORT": "9000", "MAX_LABS": "7"}, {"LAB_ORIGINS": "one"}]
)
def test_hub_and_portal_name_the_same_folders(extra: dict[str, str]) -> None:
    environ = {"VAR_DIR": "/srv/there/var", "RUNTIME_DIR": "/run/there", **extra}

    hub, portal = HubSettings.from_environment(environ), Paths.from_environment(environ)

    assert {ours: getattr(hub, ours) for ours in PAIRS} == {
        ours: getattr(portal, theirs) for ours, theirs in PAIRS.items()
    }
    assert hub.portal_sockets == portal.lab_api_socket.parent


@pytest.mark.parametrize("url", ["http://hub.localhost:8001", "https://hub.county.gov", "https://hub.county.gov:8443"])
@pytest.mark.parametrize("kind", ["person", "one"])
def test_hub_and_portal_give_labs_the_same_names(url: str, kind: str) -> None:
    origins = Origins(url, kind)

    assert origins.domain == labs_domain(url)
    assert origins.any_lab == any_lab(url, kind)
