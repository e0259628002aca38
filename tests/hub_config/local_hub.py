"""A real hub, proxy and spawner with a fake lab API and without the portal: people are made with the service token."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from hub_config.origins import Origins
from portal.installation.paths import ROOT
from portal.installation.ports import free_port
from tests.ending import end
from tests.hub_config.fake_lab_api import FakeLabApi
from tests.localhost_names import find_as_browsers_do

find_as_browsers_do()

HERE = Path(__file__).resolve().parent
CONFIGURATION = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {root!r})
from hub_config.configurer import configure
from hub_config.hosts import keep_to_the_names
from hub_config.lab.chengxue_lab.connections import let_the_client_close
from hub_config.settings import HubSettings
settings = replace(HubSettings.from_environment(), lab_environment=Path({lab!r}))
settings.prepare_folders()
let_the_client_close()
keep_to_the_names(settings.origins)
configure(c, settings)
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = {password!r}
c.SharedPasswordAuthenticator.allow_all = True
def note_token(spawner):
    # Nothing inside a lab shows its token any more; tests that ask what it opens take it from here.
    Path({tokens!r}, spawner.user.name).write_text(spawner.api_token)
c.Spawner.pre_spawn_hook = note_token
"""


class LocalHub:
    """One hub below `folder`, with the environments of an installation that stands already."""

    def __init__(
        self,
        folder: Path,
        environments: Path,
        *,
        max_labs: int = 5,
        uid: int | None = None,
        more_configuration: str = "",
        more_environ: Mapping[str, str] | None = None,
    ) -> None:
        self.uid = uid
        self.more_configuration = more_configuration
        self.var = folder / "var"
        mark = secrets.token_hex(4)
        self.runtime = Path("/run" if os.geteuid() == 0 else "/tmp", f"chengxue-test-{mark}")
        self.port = free_port()
        # An https address means that the proxy was given a certificate by `more_configuration`.
        self.url = (more_environ or {}).get("HUB_URL", "http://hub.localhost:{port}").format(port=self.port)
        self.environments = environments
        self.environ = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")},
            "VAR_DIR": str(self.var),
            "RUNTIME_DIR": str(self.runtime),
            "HUB_PORT": str(self.port),
            "MAX_LABS": str(max_labs),
            "PYTHONUNBUFFERED": "1",
            # Found in no lab, log or page, or a secret leaked.
            "CANARY": f"canary-{mark}",
            **(more_environ or {}),
            "HUB_URL": self.url,
        }
        self.origins = Origins(self.url, self.environ.get("LAB_ORIGINS", "person"))
        self.password = secrets.token_hex(16)
        self.process: subprocess.Popen[bytes] | None = None
        self._prepare(folder)
        self.lab_api = FakeLabApi(str(self.runtime / "portal" / "lab-api.sock"), var=self.var)
        self.hub_api = FakeLabApi(str(self.runtime / "hub-api" / "hub-api.sock"), var=self.var)
        for server in (self.lab_api, self.hub_api):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def _prepare(self, folder: Path) -> None:
        for place in (folder, self.var, self.var / "environments"):
            place.mkdir(exist_ok=True)
            place.chmod(0o711)
        for name in ("hub", "lab", "proxy"):
            (self.var / "environments" / name).symlink_to((self.environments / name).resolve())
        (self.var / "secrets").mkdir(mode=0o700)
        for name in ("hub_client_secret", "hub_service_token", "hub_crypt_key", "proxy_auth_token"):
            (self.var / "secrets" / name).write_text(secrets.token_hex(32), encoding="utf-8")
        data = self.var / "datasets" / "birmingham" / "1"
        data.mkdir(parents=True)
        (data / "occupancy.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        for name in ("portal", "hub-api"):
            (self.runtime / name).mkdir(parents=True)
        self.runtime.chmod(0o711)
        self.configuration = folder / "configuration.py"
        lab = str((self.environments / "lab").resolve())
        self.tokens = folder / "tokens"
        self.tokens.mkdir(mode=0o700)
        if self.uid is not None:
            os.chown(self.tokens, self.uid, self.uid)
        text = CONFIGURATION.format(root=str(ROOT), lab=lab, password=self.password, tokens=str(self.tokens))
        self.configuration.write_text(text + self.more_configuration, encoding="utf-8")
        if self.uid is not None:
            for top in (self.var, self.runtime):
                for place in (top, *top.rglob("*")):
                    os.chown(place, self.uid, self.uid, follow_symlinks=False)

    @property
    def service_token(self) -> str:
        """The portal's token at this hub."""
        return (self.var / "secrets" / "hub_service_token").read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        """Everything that hub and proxy said."""
        return (self.var / "hub.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start the hub and wait until it answers through its proxy."""
        with (self.var / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.environments / "hub/bin/python"), "-m", "jupyterhub", "-f", str(self.configuration)],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.uid,
                group=self.uid,
                extra_groups=None if self.uid is None else [],
            )
        self.wait_until(self.answers, 30, "the hub answers")

    def answers(self) -> bool:
        """Return whether the hub is reached through the proxy."""
        assert self.process is not None
        assert self.process.poll() is None, self.log
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/hub/api/", timeout=2, verify=False).status_code == 200
        return False

    def kill(self) -> None:
        """End the hub alone, without warning."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_proxy(self) -> None:
        """End the proxy alone, without warning."""
        os.kill(int((self.runtime / "proxy.pid").read_text(encoding="utf-8")), signal.SIGKILL)

    def stop(self) -> None:
        """End hub, proxy and labs, and remove what lies outside the test's folder."""
        if self.process is not None:
            end(self.process, patience_s=15)
        subprocess.run(
            ["python3", "-m", "hub_config.running_labs", "end", str(self.runtime)], cwd=ROOT, check=True, timeout=30
        )
        for server in (self.lab_api, self.hub_api):
            server.shutdown()
            server.server_close()
        shutil.rmtree(self.runtime, ignore_errors=True)

    def call(self, method: str, path: str, *, token: str = "", **options: Any) -> httpx.Response:
        """Return the hub's answer to a call of its API."""
        headers = {"Authorization": f"token {token or self.service_token}"}
        return httpx.request(method, f"{self.url}/hub/api/{path}", headers=headers, timeout=30, verify=False, **options)

    def token_of(self, user: str) -> str:
        """Return a token with which a test acts as this person."""
        self.call("POST", f"users/{user}")
        made = self.call("POST", f"users/{user}/tokens", json={"note": "test"})
        assert made.status_code == 201, made.text
        return str(made.json()["token"])

    def lab_token(self, user: str) -> str:
        """Return the token that the person's lab holds."""
        return (self.tokens / user).read_text(encoding="utf-8")

    def spawn(self, user: str) -> float:
        """Start the person's lab where it does not run and return after how many seconds it was ready."""
        began = time.monotonic()
        if self.call("GET", f"users/{user}").status_code == 200 and self.is_ready(user):
            return 0.0
        self.call("POST", f"users/{user}")
        asked = self.call("POST", f"users/{user}/server")
        assert asked.status_code in (201, 202), asked.text
        self.wait_until(lambda: self.is_ready(user), 60, f"the lab of {user} is ready")
        return time.monotonic() - began

    def is_ready(self, user: str) -> bool:
        """Return whether the hub says that the lab runs."""
        servers = self.call("GET", f"users/{user}").json().get("servers", {})
        return bool(servers.get("", {}).get("ready"))

    def server(self, user: str) -> str:
        """Return the address of the person's lab."""
        return f"{self.origins.lab_url(user)}/user/{user}/"

    def run(self, user: str, token: str, code: str, *action: str) -> str:
        """Return what code prints in the person's lab; or do something else to a kernel of it that runs."""
        client = [str(self.environments / "hub/bin/python"), str(HERE / "kernel_client.py")]
        done = subprocess.run(
            [*client, self.server(user), token, *action],
            input=code,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr + self.lab_log(user)
        return done.stdout

    def type(self, user: str, token: str, line: str, mark: str) -> str:
        """Return what a fresh terminal of the person's lab shows up to a mark after a line was typed."""
        return self.run(user, token, "", "terminal", line, mark)

    def lab_log(self, user: str) -> str:
        """Return what the lab itself said."""
        path = self.var / "logs" / "labs" / f"{user}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    @staticmethod
    def wait_until(met: Callable[[], Any], seconds: float, what: str) -> float:
        """Return after how many seconds `met` was true; fail when it never was."""
        began = time.monotonic()
        while not met():
            assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
            time.sleep(0.1)
        return time.monotonic() - began


@contextlib.contextmanager
def local_hub(folder: Path, environments: Path, **options: Any) -> Iterator[LocalHub]:
    """Yield a hub that runs for as long as the block."""
    hub = LocalHub(folder, environments, **options)
    try:
        hub.start()
        yield hub
    finally:
        hub.stop()
