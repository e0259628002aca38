"""What the hub reads from its environment, once. The supervisor sets every variable."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub_config.machine import Bounds, memory_mb
from hub_config.origins import ONE, PERSON, Origins

# The person of the portal who runs web, worker and proxy when the start has root.
SYSTEM_USER = "chengxue"

# A lab's user id on the host is this number plus the user's number in the portal.
LAB_UID_BASE = 200_000


TOLD = (
    *("VAR_DIR", "RUNTIME_DIR", "LAB_IDLE_MINUTES", "CHENGXUE_CGROUP"),
    *("LAB_MEMORY_MB", "LAB_FREE_MEMORY_MB", "LAB_HOME_MB", "LAB_HOME_FILES", "DISK_RESERVE_MB"),
)


class WrongSetting(ValueError):
    """An environment variable is missing or has a value that the hub cannot use."""


@dataclass(frozen=True)
class HubSettings:
    """Folders, sockets, addresses and limits of the hub of one installation."""

    var: Path
    runtime: Path
    hub_port: int
    portal_url: str
    hub_url: str
    lab_origins: str
    max_labs: int
    idle_minutes: int
    bounds: Bounds
    lab_environment: Path
    hub_environment: Path
    proxy_command: Path
    is_root: bool
    allows_insecure_labs: bool
    told: Mapping[str, str]
    """What another process of the hub needs to come to the same settings."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> HubSettings:
        """Return the settings that `environ` describes. Raises WrongSetting."""
        environ = os.environ if environ is None else environ
        var = _folder(environ, "VAR_DIR")
        hub_port = _integer(environ, "HUB_PORT", 8001)
        web_port = _integer(environ, "WEB_PORT", 8000)
        environments = var / "environments"
        return cls(
            var=var,
            runtime=_folder(environ, "RUNTIME_DIR"),
            hub_port=hub_port,
            portal_url=(environ.get("PORTAL_URL") or f"http://localhost:{web_port}").rstrip("/"),
            hub_url=(environ.get("HUB_URL") or f"http://hub.localhost:{hub_port}").rstrip("/"),
            lab_origins=_one_of(environ, "LAB_ORIGINS", (PERSON, ONE)),
            max_labs=_integer(environ, "MAX_LABS", 40),
            idle_minutes=_integer(environ, "LAB_IDLE_MINUTES", 60),
            bounds=Bounds(
                memory=_integer(environ, "LAB_MEMORY_MB", min(4096, memory_mb() // 2)) << 20,
                home=_integer(environ, "LAB_HOME_MB", 4096) << 20,
                home_files=_integer(environ, "LAB_HOME_FILES", 100_000),
                free_memory=_integer(environ, "LAB_FREE_MEMORY_MB", 1024) << 20,
                free_disk=_integer(environ, "DISK_RESERVE_MB", 4096) << 20,
            ),
            lab_environment=environments / "lab",
            hub_environment=environments / "hub",
            proxy_command=environments / "proxy" / "bin" / "configurable-http-proxy",
            is_root=os.geteuid() == 0,
            allows_insecure_labs=environ.get("CHENGXUE_INSECURE_LABS") == "1",
            told={name: environ[name] for name in TOLD if name in environ},
        )

    @property
    def origins(self) -> Origins:
        """Names of hub and labs."""
        return Origins(self.hub_url, self.lab_origins)

    @property
    def homes(self) -> Path:
        """Home folders of the labs' users."""
        return self.var / "homes"

    @property
    def mounts(self) -> Path:
        """One folder per person with the released data that the person's lab sees; the portal keeps them."""
        return self.var / "mounts" / "people"

    @property
    def kernels(self) -> Path:
        """One folder per person with the private folders of the kernels that run; on disk, since a kernel can fill them."""
        return self.var / "kernels"

    @property
    def news(self) -> Path:
        """One folder per person in which the warden says how the person's lab stands; each lab sees its own."""
        return self.runtime / "news"

    @property
    def state(self) -> Path:
        """Database and cookie secret of the hub; no other user may enter."""
        return self.var / "hub"

    @property
    def lab_logs(self) -> Path:
        """One log per lab, outside every sandbox."""
        return self.var / "logs" / "labs"

    @property
    def hub_socket(self) -> Path:
        """The hub's API; the folder that holds it is bound read-only into every sandbox."""
        return self.runtime / "hub" / "hub.sock"

    @property
    def portal_sockets(self) -> Path:
        """Folder of the portal's lab API socket, bound read-only into every sandbox."""
        return self.runtime / "portal"

    @property
    def hub_api_socket(self) -> Path:
        """The portal's API for the hub; its folder is bound into no sandbox."""
        return self.runtime / "hub-api" / "hub-api.sock"

    @property
    def lab_sockets(self) -> Path:
        """Listening sockets of running labs; never bound into a sandbox."""
        return self.runtime / "labs"

    @property
    def proxy_socket(self) -> Path:
        """The proxy's API, which only the hub opens."""
        return self.runtime / "proxy" / "api.sock"

    @property
    def proxy_user(self) -> str | None:
        """The user that the proxy runs as, or None for the hub's own."""
        return SYSTEM_USER if self.is_root and _user_exists(SYSTEM_USER) else None

    def secret(self, name: str) -> str:
        """Return the secret `name`. Raises WrongSetting before the installation made it."""
        try:
            return (self.var / "secrets" / name).read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise WrongSetting(f"{error.filename}: 缺少密钥文件 / this secret is missing") from error

    def prepare_folders(self) -> None:
        """Make the hub's folders with the rights that keep other users out of them."""
        # Other users' processes pass through these on the way to what is bound for them, and list nothing.
        for folder in (self.runtime, self.homes, self.kernels, self.news):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.hub_socket.parent, self.portal_sockets):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if self.is_root:
            self.homes.chmod(0o711)
            self.kernels.chmod(0o711)
            self.news.chmod(0o711)
        for folder in (self.state, self.lab_logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        for folder in (self.lab_sockets, self.proxy_socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        if self.proxy_user:
            # The proxy connects to labs and makes its own API socket; nobody else does either.
            shutil.chown(self.lab_sockets, "root", self.proxy_user)
            self.lab_sockets.chmod(0o710)
            for path in self.lab_sockets.iterdir():
                if path.is_socket() and not path.is_symlink():
                    shutil.chown(path, "root", self.proxy_user)
            shutil.chown(self.proxy_socket.parent, self.proxy_user, self.proxy_user)


def _folder(environ: Mapping[str, str], name: str) -> Path:
    value = environ.get(name, "")
    if not value.startswith("/"):
        raise WrongSetting(f"{name}={value}: 需要绝对路径 / an absolute path is needed")
    return Path(value)


def _integer(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise WrongSetting(f"{name}={value}: 需要正整数 / a positive number is needed")
    return int(value)


def _one_of(environ: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    value = environ.get(name) or values[0]
    if value not in values:
        raise WrongSetting(f"{name}={value}: {' | '.join(values)}")
    return value


def _user_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
