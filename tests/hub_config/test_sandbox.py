"""The walls of a lab, as bubblewrap is told to build them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub_config import sandbox, walls
from hub_config.sandbox import Descriptors
from hub_config.starting import launcher_orders
from hub_config.walls import Lab, Walls

LAB = Lab(
    user="u3",
    home=Path("/srv/var/homes/u3"),
    lab_environment=Path("/srv/var/environments/lab"),
    datasets=Path("/srv/var/datasets"),
    hub_sockets=Path("/run/x/hub"),
    portal_sockets=Path("/run/x/portal"),
    kernels=Path("/srv/var/kernels/u3"),
    news=Path("/run/x/news/u3"),
)
WALLS = {"server": LAB.server(), "kernel": LAB.kernel("/srv/var/kernels/u3/k")}


def command_of(inside: Walls) -> list[str]:
    """Return the command that starts `true` behind walls."""
    return sandbox.command(inside, ["/bin/true"], Descriptors(info=5, passwd=6, group=7, system_calls=8))


@pytest.fixture(params=list(WALLS))
def command(request: pytest.FixtureRequest) -> list[str]:
    """Return the command that starts `true`, as the server and as a kernel."""
    return command_of(WALLS[request.param])


@pytest.fixture
def server() -> list[str]:
    """Return the command that starts `true` as the server."""
    return command_of(WALLS["server"])


@pytest.fixture
def kernel() -> list[str]:
    """Return the command that starts `true` as a kernel."""
    return command_of(WALLS["kernel"])


def binds(command: list[str], kind: str) -> list[tuple[str, str]]:
    """Return what is bound from where to where."""
    return [(command[at + 1], command[at + 2]) for at, word in enumerate(command) if word == kind]


@pytest.mark.parametrize(
    "wall",
    [
        "--unshare-user",
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-net",
        "--unshare-uts",
        "--disable-userns",
        "--new-session",
    ],
)
def test_every_wall_stands(command: list[str], wall: str) -> None:
    assert wall in command


def test_every_wall_has_the_filter_of_system_calls(command: list[str]) -> None:
    assert command[command.index("--seccomp") + 1] == "8"
    assert command.index("--seccomp") < command.index("--")


def test_a_server_outlives_the_hub_and_a_kernel_ends_with_its_launcher(server: list[str], kernel: list[str]) -> None:
    assert "--die-with-parent" not in server
    assert "--die-with-parent" in kernel


def test_no_right_is_left(command: list[str]) -> None:
    assert command[command.index("--cap-drop") + 1] == "ALL"
    assert command[command.index("--uid") + 1] == "1000"


def test_only_the_own_home_can_be_written(server: list[str], kernel: list[str]) -> None:
    assert binds(server, "--bind") == [("/srv/var/homes/u3", "/home/u3")]
    assert binds(kernel, "--bind") == [("/srv/var/homes/u3", "/home/u3"), ("/srv/var/kernels/u3/k", "/run/kernel")]
    for command in (server, kernel):
        assert command.index("--remount-ro") < command.index("--")
        assert [command[at + 1] for at, word in enumerate(command) if word == "--remount-ro"] == ["/dev", "/"]


def test_folders_of_sockets_are_bound_and_never_a_socket(server: list[str], kernel: list[str]) -> None:
    for command in (server, kernel):
        bound = binds(command, "--ro-bind")
        assert ("/run/x/portal", "/run/portal") in bound
        assert not [source for source, _ in bound if source.endswith(".sock") or "labs" in source]


def test_the_server_alone_sees_the_hub_and_only_looks_at_the_kernels_folders(
    server: list[str], kernel: list[str]
) -> None:
    assert ("/run/x/hub", "/run/hub") in binds(server, "--ro-bind")
    assert ("/srv/var/kernels/u3", "/run/kernels") in binds(server, "--ro-bind")
    assert not [word for word in kernel if "/hub" in word]


def test_the_number_of_processes_is_limited_from_inside(command: list[str]) -> None:
    assert command[command.index("--") + 1 :] == ["/usr/bin/prlimit", "--nproc=200", "--", "/bin/true"]


def test_data_is_read_only(command: list[str]) -> None:
    assert ("/srv/var/datasets", "/srv/datasets") in binds(command, "--ro-bind")


def test_the_server_begins_and_looks_for_configuration_where_no_kernel_writes() -> None:
    server, home = WALLS["server"], LAB.inner_home

    assert server.start_folder == "/"
    for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        assert not server.variables[name].startswith(home)
    assert server.variables["JUPYTERHUB_ROOT_DIR"] == home
    assert WALLS["kernel"].variables["HOME"] == home


@pytest.mark.parametrize("place", ["/tmp/x/lab", "/srv/jupyter-lab", "/home/city/lab", "/run/lab", "/lab"])
def test_an_environment_anywhere_is_no_part_of_the_servers_home(place: str) -> None:
    server = replace(LAB, lab_environment=Path(place)).server()

    # JupyterHub drops every folder of configuration that lies below the home.
    assert not Path(place).is_relative_to(server.variables["HOME"])
    assert server.variables["HOME"] in server.empty_folders


def test_no_walls_hold_a_token_or_anything_of_the_host() -> None:
    for inside in WALLS.values():
        assert not [name for name in inside.variables if "TOKEN" in name or "SECRET" in name]
        assert inside.variables["PATH"] == "/srv/var/environments/lab/bin:/usr/bin:/bin"
        assert "LD_PRELOAD" not in inside.variables


def test_the_server_is_told_the_hubs_variables_and_none_of_the_host() -> None:
    given = {
        "JUPYTERHUB_API_TOKEN": "t",
        "JUPYTERHUB_API_URL": "http+unix://%2Frun%2Fx%2Fhub%2Fhub.sock/hub/api",
        "SECRET": "s",
        "PATH": "/root/bin",
        "LD_PRELOAD": "x",
    }

    told = walls.hub_variables(given)

    assert told == {
        "JUPYTERHUB_API_URL": "http+unix://%2Frun%2Fhub%2Fhub.sock/hub/api",
        "JUPYTERHUB_API_TOKEN": "t",
    }


def test_the_launcher_is_told_the_kernels_walls_and_no_secret(tmp_path: Path) -> None:
    orders = launcher_orders(LAB)

    assert "{folder}" in orders["command"]
    assert {"{info}", "{passwd}", "{group}", "{system_calls}"} <= set(orders["command"])
    assert orders["variables"] == dict(WALLS["kernel"].variables)
    assert "TOKEN" not in str(orders)


def test_an_interpreter_outside_the_system_is_bound_too(tmp_path: Path) -> None:
    interpreter = tmp_path / "opt/python/bin/python3"
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    environment = tmp_path / "lab"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin/python").symlink_to(interpreter)

    assert walls.interpreter_prefix(environment) == tmp_path / "opt/python"
