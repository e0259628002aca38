"""The one place that knows where an installation keeps things and on which addresses it answers.

Only the standard library is used: this runs on the system's Python before any environment exists.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A socket's path must fit into sockaddr_un (107 bytes); the longest that we add is /labs/<user>.sock:80.
LONGEST_RUNTIME_DIR = 70

FOLDERS = (
    "database",
    "media",
    "documents",
    "submissions",
    "releases",
    "datasets",
    "mounts",
    "raw",
    "certificates",
    "exports",
    "index",
    "homes",
    "hub",
    "environments",
    "secrets",
    "audit",
    "logs",
    "static",
    "cache",
)


WITHOUT_DEMO = "without-demo"
"""File in VAR_DIR by which an installation without demo data remembers that it is one."""


class WrongSetting(ValueError):
    """An environment variable has a value that no installation can use."""


@dataclass(frozen=True)
class Paths:
    """Folders, sockets, addresses and switches of one installation, read once from its environment."""

    root: Path
    var: Path
    runtime: Path
    web_port: int
    hub_port: int
    portal_url: str
    hub_url: str
    lab_origins: str
    data: Path
    max_labs: int
    disk_reserve_mb: int
    database_url: str
    search_url: str
    cache_url: str
    hub_api_url: str
    demo: bool

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Paths:
        """Return the installation that `environ` (default: the process's) describes.

        Raises WrongSetting for a value that cannot be used.
        """
        environ = os.environ if environ is None else environ
        var = _folder(environ, "VAR_DIR", ROOT / "var")
        web_port = _integer(environ, "WEB_PORT", 8000, 1, 65535)
        hub_port = _integer(environ, "HUB_PORT", 8001, 1, 65535)
        return cls(
            root=ROOT,
            var=var,
            runtime=_runtime(environ, var),
            web_port=web_port,
            hub_port=hub_port,
            portal_url=_url(environ, "PORTAL_URL", f"http://localhost:{web_port}"),
            hub_url=_url(environ, "HUB_URL", f"http://hub.localhost:{hub_port}"),
            lab_origins=_one_of(environ, "LAB_ORIGINS", ("person", "one")),
            data=_folder(environ, "CHENGXUE_DATA", ROOT.parent / "shared" / "data"),
            max_labs=_integer(environ, "MAX_LABS", 40, 1, 100_000),
            disk_reserve_mb=_integer(environ, "DISK_RESERVE_MB", 4096, 1, 10_000_000),
            database_url=environ.get("DATABASE_URL", ""),
            search_url=environ.get("SEARCH_URL", ""),
            cache_url=environ.get("CACHE_URL", ""),
            hub_api_url=environ.get("HUB_API_URL", ""),
            demo=_switch("DEMO", environ.get("DEMO", ""), not (var / WITHOUT_DEMO).exists()),
        )

    def environment(self) -> dict[str, str]:
        """Return the variables from which a child process reads exactly this installation."""
        values = {
            "VAR_DIR": str(self.var),
            "RUNTIME_DIR": str(self.runtime),
            "WEB_PORT": str(self.web_port),
            "HUB_PORT": str(self.hub_port),
            "PORTAL_URL": self.portal_url,
            "HUB_URL": self.hub_url,
            "LAB_ORIGINS": self.lab_origins,
            "CHENGXUE_DATA": str(self.data),
            "MAX_LABS": str(self.max_labs),
            "DISK_RESERVE_MB": str(self.disk_reserve_mb),
            "DATABASE_URL": self.database_url,
            "SEARCH_URL": self.search_url,
            "CACHE_URL": self.cache_url,
            "HUB_API_URL": self.hub_api_url,
            "DEMO": "1" if self.demo else "0",
        }
        return {name: value for name, value in values.items() if value}

    # Files and folders that an installation owns

    @property
    def database_file(self) -> Path:
        """SQLite file of the portal when DATABASE_URL is unset."""
        return self.var / "database" / "portal.sqlite3"

    @property
    def media(self) -> Path:
        """Public files of the site (pictures, documents for everybody)."""
        return self.var / "media"

    @property
    def documents(self) -> Path:
        """Files that only some people may read."""
        return self.var / "documents"

    @property
    def submissions(self) -> Path:
        """Bytes of submitted notebooks, kept for ever."""
        return self.var / "submissions"

    @property
    def releases(self) -> Path:
        """Bundles of released labs (source and trainee's notebook)."""
        return self.var / "releases"

    @property
    def datasets(self) -> Path:
        """Released data, `<code>/<version number>/…`."""
        return self.var / "datasets"

    @property
    def mounts(self) -> Path:
        """What each person's lab and each grader's sandbox sees of it at /srv/datasets."""
        return self.var / "mounts"

    @property
    def lab_mounts(self) -> Path:
        """One folder per person, which the portal fills and the person's lab sees."""
        return self.mounts / "people"

    @property
    def raw(self) -> Path:
        """Raw data; never mounted anywhere."""
        return self.var / "raw"

    @property
    def certificates(self) -> Path:
        """Rendered certificates."""
        return self.var / "certificates"

    @property
    def exports(self) -> Path:
        """Files of long exports, for a few days; no backup holds them."""
        return self.var / "exports"

    @property
    def index(self) -> Path:
        """Embedded search index when SEARCH_URL is unset."""
        return self.var / "index"

    @property
    def homes(self) -> Path:
        """Home folders of the labs' users."""
        return self.var / "homes"

    @property
    def hub(self) -> Path:
        """State of the JupyterHub."""
        return self.var / "hub"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.var / "logs"

    @property
    def static(self) -> Path:
        """Collected static files."""
        return self.var / "static"

    @property
    def cache(self) -> Path:
        """What programs keep to be faster; may be deleted at any time."""
        return self.var / "cache"

    @property
    def secrets(self) -> Path:
        """One 0600 file per secret."""
        return self.var / "secrets"

    @property
    def demo_accounts(self) -> Path:
        """Names and one-time secrets of the demo people (0600)."""
        return self.var / "demo-accounts.json"

    @property
    def without_demo(self) -> Path:
        """Exists where the installation was made without demo data, so that a later start adds none."""
        return self.var / WITHOUT_DEMO

    @property
    def state_file(self) -> Path:
        """Process ids and start times that the supervisor writes down."""
        return self.var / "processes.json"

    @property
    def environments(self) -> Path:
        """Python environments of hub and lab, and the proxy's packages."""
        return self.var / "environments"

    @property
    def portal_environment(self) -> Path:
        """Environment of portal and development, beside the checkout's files."""
        return self.root / ".venv"

    @property
    def portal_python(self) -> Path:
        """Interpreter that runs the portal."""
        return self.portal_environment / "bin" / "python"

    @property
    def hub_environment(self) -> Path:
        """Environment of the JupyterHub."""
        return self.environments / "hub"

    @property
    def lab_environment(self) -> Path:
        """Environment that trainees work in; readable by them, so it holds no secret."""
        return self.environments / "lab"

    @property
    def proxy_environment(self) -> Path:
        """Folder with the proxy's node_modules."""
        return self.environments / "proxy"

    @property
    def proxy_command(self) -> Path:
        """Executable of configurable-http-proxy, which finds its Node by itself."""
        return self.proxy_environment / "bin" / "configurable-http-proxy"

    @property
    def biome_environment(self) -> Path:
        """Folder with the node_modules of what checks scripts and styles; developers alone need it."""
        return self.environments / "biome"

    @property
    def biome_command(self) -> Path:
        """Executable of Biome, which finds its Node by itself."""
        return self.biome_environment / "bin" / "biome"

    # Sockets: each alone in its folder, because a sandbox binds the folder

    @property
    def hub_socket(self) -> Path:
        """The hub's API."""
        return self.runtime / "hub" / "hub.sock"

    @property
    def lab_api_socket(self) -> Path:
        """The portal's API for labs."""
        return self.runtime / "portal" / "lab-api.sock"

    @property
    def hub_api_socket(self) -> Path:
        """The portal's API for the hub; its folder is bound into no sandbox."""
        return self.runtime / "hub-api" / "hub-api.sock"

    @property
    def grader_socket(self) -> Path:
        """The grader, which only the portal's user may open."""
        return self.runtime / "grader" / "grader.sock"

    @property
    def lab_sockets(self) -> Path:
        """Listening sockets of running labs; owned by the hub, never bound into a sandbox."""
        return self.runtime / "labs"

    @property
    def proxy_socket(self) -> Path:
        """The proxy's API, which only the hub opens."""
        return self.runtime / "proxy" / "api.sock"

    def secret(self, name: str) -> str:
        """Return the secret `name`. Raises FileNotFoundError before the installation made it."""
        return (self.secrets / name).read_text(encoding="utf-8")


def _folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    value = environ.get(name)
    path = Path(value).expanduser() if value else default
    return path if path.is_absolute() else (Path.cwd() / path).resolve()


def _integer(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise WrongSetting(f"{name}={value}: {low}–{high}")
    return int(value)


def _switch(name: str, value: str, default: bool) -> bool:
    if value not in ("", "0", "1"):
        raise WrongSetting(f"{name}={value}: 0 | 1")
    return value == "1" if value else default


def _one_of(environ: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    value = environ.get(name) or values[0]
    if value not in values:
        raise WrongSetting(f"{name}={value}: {' | '.join(values)}")
    return value


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    value = (environ.get(name) or default).rstrip("/")
    if not value.startswith(("http://", "https://")):
        raise WrongSetting(f"{name}={value}: http://… | https://…")
    return value


def _runtime(environ: Mapping[str, str], var: Path) -> Path:
    """Return the folder of the sockets: short and lower-case, because the proxy lower-cases the path."""
    chosen = environ.get("RUNTIME_DIR")
    if chosen:
        path = Path(chosen)
        if not path.is_absolute() or chosen != chosen.lower() or len(chosen.encode()) > LONGEST_RUNTIME_DIR:
            raise WrongSetting(f"RUNTIME_DIR={chosen}: absolute, lower-case, at most {LONGEST_RUNTIME_DIR} bytes")
        return path
    mark = hashlib.sha256(str(var).encode()).hexdigest()[:8]
    if os.geteuid() == 0:
        return Path("/run") / f"chengxue-{mark}"
    base = environ.get("XDG_RUNTIME_DIR", "")
    if base and base == base.lower() and len(base.encode()) < LONGEST_RUNTIME_DIR - 20 and Path(base).is_dir():
        return Path(base) / f"chengxue-{mark}"
    return Path("/tmp") / f"chengxue-{os.geteuid()}-{mark}"
