"""The configuration that the hub gets, written into a plain object instead of JupyterHub's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hub_config import configurer
from hub_config.settings import HubSettings


class Configuration(defaultdict[str, SimpleNamespace]):
    """Sections that come into being when they are named, as traitlets' do."""

    def __init__(self) -> None:
        super().__init__(SimpleNamespace)

    def __getattr__(self, name: str) -> SimpleNamespace:
        return self[name]


@pytest.fixture
def settings(tmp_path: Path) -> HubSettings:
    """Return settings with every secret in place."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name in ("hub_client_secret", "hub_service_token", "hub_crypt_key", "proxy_auth_token"):
        (folder / name).write_text(f"secret-{name}", encoding="utf-8")
    environ = {
        "VAR_DIR": str(tmp_path),
        "RUNTIME_DIR": "/run/x",
        "PORTAL_URL": "https://portal.example",
        "MAX_LABS": "9",
    }
    return HubSettings.from_environment(environ)


@pytest.fixture
def c(settings: HubSettings) -> Any:
    """Return the configuration made of these settings."""
    made = Configuration()
    configurer.configure(made, settings)
    return made


def test_people_sign_in_through_the_portal_and_never_become_admins(c: Any) -> None:
    login = c.PortalAuthenticator

    assert c.JupyterHub.authenticator_class == "hub_config.authenticator.PortalAuthenticator"
    assert login.authorize_url == "https://portal.example/identity/o/authorize"
    assert login.oauth_callback_url == "http://hub.localhost:8001/hub/oauth_callback"
    assert login.enable_pkce
    assert login.allow_all
    assert login.username_claim == "hub_username"
    assert login.auth_refresh_age == 60
    assert not hasattr(login, "admin_users")
    assert not [role for role in c.JupyterHub.load_roles if role["name"] == "admin"]


def test_labs_outlive_the_hub_and_have_no_second_server(c: Any) -> None:
    assert c.JupyterHub.cleanup_servers is False
    assert c.JupyterHub.allow_named_servers is False
    assert c.JupyterHub.active_server_limit == 9
    assert c.JupyterHub.concurrent_spawn_limit >= 2
    assert c.Spawner.disable_user_config
    assert c.Spawner.env_keep == []


@pytest.mark.parametrize(("is_root", "mode"), [(True, 0o666), (False, 0o600)])
def test_hub_socket_is_open_to_labs_with_user_ids_of_their_own(settings: HubSettings, is_root: bool, mode: int) -> None:
    made: Any = Configuration()

    configurer.configure(made, replace(settings, is_root=is_root))

    assert made.JupyterHub.hub_bind_url == "http+unix://%2Frun%2Fx%2Fhub%2Fhub.sock"
    assert made.JupyterHub.hub_socket_mode == mode


def test_services_may_no_more_than_they_need(c: Any) -> None:
    scopes = {role["name"]: set(role["scopes"]) for role in c.JupyterHub.load_roles}

    assert scopes["portal"] == {"list:users", "read:users", "admin:users", "servers", "tokens", "read:hub"}
    assert scopes["culler"] == {"list:users", "read:users:activity", "read:servers", "delete:servers"}
    assert "access:servers" not in scopes["portal"] | scopes["culler"]
    assert scopes["user"] == {"read:users!user", "users:activity!user", "servers!user", "access:servers!user"}


def test_idle_labs_end_after_an_hour_through_the_proxy(c: Any) -> None:
    command = next(service for service in c.JupyterHub.services if service["name"] == "culler")["command"]

    assert "--timeout=3600" in command
    # On the hub's name, for the proxy leads every other elsewhere; culler.py finds it on this machine.
    assert "--url=http://hub.localhost:8001/hub/api" in command


def test_secrets_are_on_no_command_line(c: Any) -> None:
    commands = [
        *c.ConfigurableHTTPProxy.command,
        *(word for service in c.JupyterHub.services for word in service.get("command", [])),
    ]

    assert not [word for word in commands if "secret-" in word]


def test_proxy_runs_as_the_portals_user_where_there_is_one(
    settings: HubSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HubSettings, "proxy_user", property(lambda self: "chengxue"))
    made: Any = Configuration()

    configurer.configure(made, settings)

    assert made.ConfigurableHTTPProxy.command[:3] == ["setpriv", "--reuid=chengxue", "--regid=chengxue"]
    assert made.ConfigurableHTTPProxy.command[-1].endswith("environments/proxy/bin/configurable-http-proxy")


def test_the_warden_knows_the_limits_and_no_secret(c: Any, settings: HubSettings) -> None:
    warden = next(service for service in c.JupyterHub.services if service["name"] == "warden")

    assert warden["command"][-2:] == ["-m", "hub_config.warden"]
    assert warden["environment"] == {"VAR_DIR": str(settings.var), "RUNTIME_DIR": "/run/x"}
    assert "api_token" not in warden
    assert "warden" not in str(c.JupyterHub.load_roles)
