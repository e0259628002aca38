"""The walls of a lab, as bubblewrap is told to build them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub_config import sandbox
from hub_config.sandbox import Sandbox

WALLS = Sandbox(
    user="u3",
    home=Path("/srv/var/homes/u3"),
    lab_environment=Path("/srv/var/environments/lab"),
    datasets=Path("/srv/var/datasets"),
    hub_sockets=Path("/run/x/hub"),
    portal_sockets=Path("/run/x/portal"),
)


@pytest.fixture
def command() -> list[str]:
    """The command that starts `true` behind the walls."""
    return WALLS.command(["/bin/true"], info_fd=5, passwd_fd=6, group_fd=7)


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


def test_a_lab_outlives_the_hub(command: list[str]) -> None:
    assert "--die-with-parent" not in command


def test_no_right_is_left(command: list[str]) -> None:
    assert command[command.index("--cap-drop") + 1] == "ALL"
    assert command[command.index("--uid") + 1] == "1000"


def test_only_the_own_home_can_be_written(command: list[str]) -> None:
    assert binds(command, "--bind") == [("/srv/var/homes/u3", "/home/u3")]
    assert command.index("--remount-ro") < command.index("--")
    assert [command[at + 1] for at, word in enumerate(command) if word == "--remount-ro"] == ["/dev", "/"]


def test_folders_of_sockets_are_bound_and_never_a_socket(command: list[str]) -> None:
    bound = binds(command, "--ro-bind")

    assert ("/run/x/hub", "/run/hub") in bound
    assert ("/run/x/portal", "/run/portal") in bound
    assert not [source for source, _ in bound if source.endswith(".sock") or "labs" in source]


def test_data_is_read_only(command: list[str]) -> None:
    assert ("/srv/var/datasets", "/srv/datasets") in binds(command, "--ro-bind")


def test_the_lab_gets_the_hubs_variables_and_none_of_the_host() -> None:
    given = {
        "JUPYTERHUB_API_TOKEN": "t",
        "JUPYTERHUB_API_URL": "http+unix://%2Frun%2Fx%2Fhub%2Fhub.sock/hub/api",
        "SECRET": "s",
        "PATH": "/root/bin",
        "LD_PRELOAD": "x",
    }

    made = sandbox.environment(given, WALLS)

    assert made["JUPYTERHUB_API_URL"] == "http+unix://%2Frun%2Fhub%2Fhub.sock/hub/api"
    assert made["JUPYTERHUB_API_TOKEN"] == "t"
    assert made["PATH"] == "/srv/var/environments/lab/bin:/usr/bin:/bin"
    assert not {"SECRET", "LD_PRELOAD"} & set(made)


def test_an_interpreter_outside_the_system_is_bound_too(tmp_path: Path) -> None:
    interpreter = tmp_path / "opt/python/bin/python3"
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    environment = tmp_path / "lab"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin/python").symlink_to(interpreter)

    assert sandbox.interpreter_prefix(environment) == tmp_path / "opt/python"
