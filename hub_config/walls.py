"""The walls around one lab, said once: what its server and its kernels see, may write, and may spend.

Nothing here knows bubblewrap: `sandbox.py` makes its arguments from a `Walls`, and a container can be made from it as well.
"""

from __future__ import annotations

import resource
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

LAB_UID = 1000
DATASETS = "/srv/datasets"
HUB_SOCKET = "/run/hub/hub.sock"
LAB_API_SOCKET = "/run/portal/lab-api.sock"

# Where the server sees the sockets of all its kernels, and where a kernel sees its own.
KERNELS = "/run/kernels"
KERNEL = "/run/kernel"
# What the warden tells this lab: how much of its limits is used, and what was ended.
NEWS, NEWS_FILE = "/run/lab", "state.json"
# Jupyter looks for configuration, kernels and templates of the person here: a folder that is empty and stays so.
NO_CONFIGURATION = "/srv/jupyter"
# The server's own home is memory that no kernel sees. JupyterHub takes no configuration from below a home, so
# it is a folder of its own: an installation may stand anywhere, below /tmp too.
SERVER_HOME = "/tmp/home"

TEMPORARY = (("/dev/shm", 256 << 20), ("/tmp", 512 << 20))

# Per process; memory of a whole lab needs cgroups, which an ordinary user does not have everywhere.
LIMITS = {
    resource.RLIMIT_AS: 4 << 30,
    resource.RLIMIT_NPROC: 200,
    resource.RLIMIT_NOFILE: 4096,
    resource.RLIMIT_FSIZE: 256 << 20,
    resource.RLIMIT_CORE: 0,
}

# The order in which the kernel takes processes when memory runs out: kernels and terminals, then servers and
# launchers; portal, worker and hub stay at 0.
PROGRAM_GOES, LAB_GOES = 900, 500

ETC_FILES = ("ld.so.cache", "alternatives", "ssl", "fonts", "localtime", "mime.types", "nsswitch.conf")
SYSTEM_LINKS = ("bin", "sbin", "lib", "lib64")


@dataclass(frozen=True)
class Mount:
    """A folder or file of the host and where it is seen inside."""

    source: str
    target: str
    is_writable: bool = False
    is_optional: bool = False


@dataclass(frozen=True)
class Walls:
    """One sandbox: everything that is not named here does not exist inside.

    Always without a network, without any right, with process numbers of its own and behind the filter of system calls.
    """

    user: str
    home: str
    start_folder: str
    mounts: tuple[Mount, ...]
    empty_folders: tuple[str, ...]
    variables: Mapping[str, str]
    ends_with_starter: bool

    def passwd(self) -> str:
        """Return the user list that the sandbox sees."""
        return f"{self.user}:x:{LAB_UID}:{LAB_UID}::{self.home}:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n"

    def group(self) -> str:
        """Return the group list that the sandbox sees."""
        return f"lab:x:{LAB_UID}:\n"


@dataclass(frozen=True)
class Lab:
    """The folders of one person's lab on the host, from which both of its walls follow."""

    user: str
    home: Path
    lab_environment: Path
    datasets: Path
    hub_sockets: Path
    portal_sockets: Path
    kernels: Path
    news: Path

    @property
    def inner_home(self) -> str:
        """Where the trainee finds the home inside."""
        return f"/home/{self.user}"

    @property
    def python(self) -> Path:
        """The interpreter of server, launcher and kernels."""
        return self.lab_environment / "bin" / "python"

    @property
    def launcher(self) -> Path:
        """The program that starts kernels. It lies where every lab's user id can read it."""
        return next(self.lab_environment.glob("lib/python3.*/site-packages")) / "chengxue_lab" / "launcher.py"

    @property
    def system_calls(self) -> Path:
        """The filter of system calls, made from the grader's list when the environment was."""
        return self.lab_environment / "share" / "chengxue" / "system-calls.bpf"

    def server(self) -> Walls:
        """Return the walls of the server: both sockets, the kernels' sockets, and no code that its person can write.

        It outlives the hub, which started it.
        """
        return Walls(
            user=self.user,
            home=self.inner_home,
            # Neither the home nor below it: programs take configuration and templates from where they stand.
            start_folder="/",
            mounts=(
                *self._common(),
                Mount(str(self.hub_sockets), str(Path(HUB_SOCKET).parent)),
                # Read-only: one connects to a socket there, and only the launcher makes folders in it.
                Mount(str(self.kernels), KERNELS),
                Mount(str(self.news), NEWS),
            ),
            empty_folders=(NO_CONFIGURATION, SERVER_HOME),
            variables={**self._variables(), **self._server_variables()},
            ends_with_starter=False,
        )

    def kernel(self, folder: str, *, is_full: bool = False) -> Walls:
        """Return the walls of one kernel or terminal, whose private folder on the host is `folder`.

        A full home is read and not written: the page and its server are left to delete.
        """
        return Walls(
            user=self.user,
            home=self.inner_home,
            start_folder=self.inner_home,
            mounts=(*self._common(is_full=is_full), Mount(folder, KERNEL, is_writable=True)),
            empty_folders=(),
            variables=self._variables(),
            ends_with_starter=True,
        )

    def _common(self, *, is_full: bool = False) -> tuple[Mount, ...]:
        """Return what server and kernels share. Folders of sockets and never a socket:
        one made again has another inode."""
        environment = [folder for folder in (interpreter_prefix(self.lab_environment), self.lab_environment) if folder]
        return (
            Mount("/usr", "/usr"),
            *(Mount(f"/etc/{name}", f"/etc/{name}", is_optional=True) for name in ETC_FILES),
            *(Mount(str(folder), str(folder)) for folder in environment),
            Mount(str(self.datasets), DATASETS),
            Mount(str(self.portal_sockets), str(Path(LAB_API_SOCKET).parent)),
            Mount(str(self.home), self.inner_home, is_writable=not is_full),
        )

    def _variables(self) -> dict[str, str]:
        """Nothing of the host and no token: whatever runs inside can read these."""
        return {
            "USER": self.user,
            "HOME": self.inner_home,
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
            "TZ": "Asia/Shanghai",
            "TMPDIR": "/tmp",
            "XDG_RUNTIME_DIR": "/tmp",
            "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",
            # Its list of fonts takes seconds to make; each kernel has a /tmp of its own, the home is there again.
            "MPLCONFIGDIR": f"{self.inner_home}/.cache/matplotlib",
            "PATH": f"{self.lab_environment}/bin:/usr/bin:/bin",
            "CHENGXUE_LAB_API_SOCKET": LAB_API_SOCKET,
        }

    def _server_variables(self) -> dict[str, str]:
        settings = f"{self.inner_home}/.jupyter/lab"
        return {
            "HOME": SERVER_HOME,
            "MPLCONFIGDIR": "/tmp/matplotlib",
            "JUPYTER_CONFIG_DIR": NO_CONFIGURATION,
            "JUPYTER_DATA_DIR": NO_CONFIGURATION,
            "JUPYTERHUB_ROOT_DIR": self.inner_home,
            # Choices of the page and open tabs are data that the server hands to the browser; they stay where they were.
            "JUPYTERLAB_SETTINGS_DIR": f"{settings}/user-settings",
            "JUPYTERLAB_WORKSPACES_DIR": f"{settings}/workspaces",
        }


def hub_variables(given: Mapping[str, str]) -> dict[str, str]:
    """Return what the hub tells its own server. Tokens are among it, so they reach the server through a pipe alone."""
    told = {name: value for name, value in given.items() if name.startswith(("JUPYTERHUB_", "JPY_"))}
    told.pop("JUPYTERHUB_ROOT_DIR", None)
    for name in ("JUPYTERHUB_API_URL", "JUPYTERHUB_ACTIVITY_URL"):
        if name in told:
            told[name] = f"http+unix://{quote(HUB_SOCKET, safe='')}{urlsplit(told[name]).path}"
    return told


def interpreter_prefix(environment_folder: Path) -> Path | None:
    """Return the folder of the interpreter behind a virtual environment when it lies outside /usr."""
    python = (environment_folder / "bin" / "python").resolve()
    return None if python.is_relative_to("/usr") else python.parent.parent
