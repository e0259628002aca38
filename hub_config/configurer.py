"""Turns settings into a JupyterHub configuration; imports nothing of JupyterHub, so that it can be tested alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hub_config.origins import Origins
from hub_config.settings import HubSettings

TEMPLATES = Path(__file__).resolve().parent / "templates"
ROOT = Path(__file__).resolve().parent.parent
CULLER = Path(__file__).resolve().parent / "culler.py"

# What the portal may do: look people up, end their tokens and their labs. It is no hub admin.
PORTAL_SCOPES = ["list:users", "read:users", "admin:users", "servers", "tokens", "read:hub"]
# What a person may do: use the own lab. Neither tokens nor shares: a token that somebody made with a stolen session would
# outlive the revocation that ends the session.
USER_SCOPES = ["read:users!user", "users:activity!user", "servers!user", "access:servers!user"]
CULLER_SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def configure(c: Any, settings: HubSettings) -> None:
    """Write the whole configuration of the hub into `c`, a traitlets Config."""
    _configure_addresses(c, settings)
    _configure_names(c, settings.origins)
    _configure_proxy(c, settings)
    _configure_state(c, settings)
    _configure_login(c, settings)
    _configure_labs(c, settings)
    _configure_services(c, settings)


def unix_url(path: Path) -> str:
    """Return the `http+unix` address of a socket."""
    return f"http+unix://{quote(str(path), safe='')}"


def _configure_addresses(c: Any, settings: HubSettings) -> None:
    c.JupyterHub.bind_url = f"http://127.0.0.1:{settings.hub_port}/"
    c.JupyterHub.hub_bind_url = unix_url(settings.hub_socket)
    # With one user id per lab every lab connects as somebody else; each call still needs a token.
    c.JupyterHub.hub_socket_mode = 0o666 if settings.is_root else 0o600
    c.JupyterHub.template_paths = [str(TEMPLATES)]
    c.JupyterHub.template_vars = {"portal_url": settings.portal_url}


def _configure_names(c: Any, origins: Origins) -> None:
    """Give each person's lab the name that `origins` knows; hosts.py answers for the hub's own."""
    c.JupyterHub.subdomain_host = origins.hub_url

    def name_of(name: str, domain: str, kind: str) -> str:
        return origins.lab_host(name) if kind == "user" else f"{name}.{domain}"

    def own_lab(path: str, request: Any, user: Any, base_url: str) -> str:
        """Lead to the lab by a path of the hub: JupyterHub drops a `next` with a name that is not below its own."""
        query = f"?{request.query}" if request.query else ""
        target = quote(f"{base_url}user/{user.escaped_name}/{path}{query}", safe="")
        return f"{base_url}hub/spawn/{user.escaped_name}?next={target}"

    c.JupyterHub.subdomain_hook = name_of
    c.JupyterHub.user_redirect_hook = own_lab
    c.JupyterHub.cookie_host_prefix_enabled = origins.shares_no_cookie
    c.JupyterHub.tornado_settings = {"cookie_options": {"samesite": "Lax"}}
    # Labs get no session number of the hub; a laptop that changes its address must not lose its forgery token.
    c.Spawner.environment = {"JUPYTERHUB_XSRF_ANONYMOUS_IP_CIDRS": "0.0.0.0/0;::/0"}


def _configure_proxy(c: Any, settings: HubSettings) -> None:
    command = [str(settings.proxy_command)]
    if settings.proxy_user:
        command = [
            "setpriv",
            f"--reuid={settings.proxy_user}",
            f"--regid={settings.proxy_user}",
            "--clear-groups",
            "--no-new-privs",
            *command,
        ]
    c.ConfigurableHTTPProxy.command = command
    c.ConfigurableHTTPProxy.api_url = unix_url(settings.proxy_socket)
    c.ConfigurableHTTPProxy.auth_token = settings.secret("proxy_auth_token")
    # In the runtime folder, which does not outlive the machine: a stale number would name a stranger.
    c.ConfigurableHTTPProxy.pid_file = str(settings.runtime / "proxy.pid")
    c.ConfigurableHTTPProxy.check_running_interval = 2
    c.JupyterHub.proxy_check_interval = 5
    c.ConfigurableHTTPProxy.log_level = "warn"


def _configure_state(c: Any, settings: HubSettings) -> None:
    c.JupyterHub.db_url = f"sqlite:///{settings.state / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(settings.state / "cookie_secret")
    c.CryptKeeper.keys = [settings.secret("hub_crypt_key")]
    # A lab outlives the hub: whoever stops the installation ends the labs (running_labs.py).
    c.JupyterHub.cleanup_servers = False


def _configure_login(c: Any, settings: HubSettings) -> None:
    portal = settings.portal_url
    c.JupyterHub.authenticator_class = "hub_config.authenticator.PortalAuthenticator"
    a = c.PortalAuthenticator
    a.client_id = "jupyterhub"
    a.client_secret = settings.secret("hub_client_secret")
    a.oauth_callback_url = f"{settings.hub_url}/hub/oauth_callback"
    a.authorize_url = f"{portal}/identity/o/authorize"
    a.token_url = f"{portal}/identity/o/api/token"
    a.userdata_url = f"{portal}/identity/o/api/userinfo"
    a.logout_redirect_url = f"{portal}/identity/o/logout"
    a.scope = ["openid", "profile", "roles"]
    a.username_claim = "hub_username"
    a.username_pattern = r"u[1-9][0-9]{0,8}\Z"
    a.enable_pkce = True
    a.basic_auth = True
    a.allow_all = True
    a.auto_login = True
    a.login_service = "城学"
    a.manage_groups = True
    a.auth_state_groups_key = "oauth_user.groups"
    a.enable_auth_state = True
    a.auth_refresh_age = 60
    a.refresh_pre_spawn = True


def _configure_labs(c: Any, settings: HubSettings) -> None:
    c.JupyterHub.spawner_class = "hub_config.spawners.BubblewrapSpawner"
    c.BubblewrapSpawner.settings = settings
    c.Spawner.default_url = "/lab"
    c.Spawner.disable_user_config = True
    c.Spawner.env_keep = []
    c.Spawner.start_timeout = 90
    c.Spawner.http_timeout = 90
    c.Spawner.poll_interval = 10
    c.JupyterHub.allow_named_servers = False
    c.JupyterHub.active_server_limit = settings.max_labs
    c.JupyterHub.concurrent_spawn_limit = 2 * (os.cpu_count() or 1)
    # A link from a lesson, or a reload of a Lab that was ended for being idle, needs no second click.
    c.JupyterHub.implicit_spawn_seconds = 1.0


def _configure_services(c: Any, settings: HubSettings) -> None:
    # The culler goes through the proxy, on the hub's name, because it cannot speak to a unix socket.
    culler = [
        # The hub gives it a session of its own: killed, it would leave one behind each time.
        "setpriv",
        "--pdeathsig=TERM",
        str(settings.hub_environment / "bin" / "python"),
        "-I",
        str(CULLER),
        f"--url=http://{settings.origins.hub_host}:{settings.hub_port}/hub/api",
        f"--timeout={settings.idle_minutes * 60}",
        "--cull-every=60",
    ]
    # It ends what takes too much and needs the hub's rights for that; of the hub itself it asks nothing.
    warden = [
        "setpriv",
        "--pdeathsig=TERM",
        str(settings.hub_environment / "bin" / "python"),
        "-m",
        "hub_config.warden",
    ]
    c.JupyterHub.services = [
        {"name": "portal", "api_token": settings.secret("hub_service_token")},
        {"name": "culler", "command": culler},
        {"name": "warden", "command": warden, "cwd": str(ROOT), "environment": settings.told},
    ]
    c.JupyterHub.load_roles = [
        {"name": "user", "scopes": USER_SCOPES},
        {"name": "portal", "services": ["portal"], "scopes": PORTAL_SCOPES},
        {"name": "culler", "services": ["culler"], "scopes": CULLER_SCOPES},
    ]
