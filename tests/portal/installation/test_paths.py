"""Where an installation keeps things."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.installation.paths import LONGEST_RUNTIME_DIR, Paths, WrongSetting


def test_defaults_are_one_machine() -> None:
    paths = Paths.from_environment({})

    assert (paths.portal_url, paths.hub_url) == ("http://localhost:8000", "http://hub.localhost:8001")
    assert paths.var == paths.root / "var"
    assert not any((paths.database_url, paths.search_url, paths.cache_url, paths.hub_api_url))


def test_moved_ports_move_the_addresses() -> None:
    paths = Paths.from_environment({"WEB_PORT": "9000", "HUB_PORT": "9001"})

    assert (paths.portal_url, paths.hub_url) == ("http://localhost:9000", "http://hub.localhost:9001")


def test_a_child_reads_the_same_installation() -> None:
    paths = Paths.from_environment(
        {"VAR_DIR": "/srv/Two", "WEB_PORT": "9000", "PORTAL_URL": "https://portal.example/", "MAX_LABS": "7"}
    )

    assert Paths.from_environment(paths.environment()) == paths


def test_sockets_fit_and_are_lower_case_whatever_the_state_folder_is_called() -> None:
    paths = Paths.from_environment({"VAR_DIR": "/srv/" + "Very-Long-Name/" * 10})

    assert str(paths.runtime) == str(paths.runtime).lower()
    assert len(str(paths.runtime)) <= LONGEST_RUNTIME_DIR
    assert len(str(paths.lab_sockets / "u999999999:80")) < 107


def test_two_installations_have_their_own_sockets() -> None:
    one, two = (Paths.from_environment({"VAR_DIR": folder}) for folder in ("/srv/one", "/srv/two"))

    assert one.runtime != two.runtime


def test_each_socket_stands_alone_in_its_folder() -> None:
    paths = Paths.from_environment({})

    sockets = [paths.hub_socket, paths.lab_api_socket, paths.hub_api_socket, paths.grader_socket, paths.proxy_socket]
    assert len({socket.parent for socket in sockets} | {paths.lab_sockets}) == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"WEB_PORT": "eighty"},
        {"WEB_PORT": "0"},
        {"HUB_PORT": "70000"},
        {"MAX_LABS": "-1"},
        {"PORTAL_URL": "localhost:8000"},
        {"RUNTIME_DIR": "relative"},
        {"RUNTIME_DIR": "/run/Upper"},
        {"RUNTIME_DIR": "/run/" + "x" * 80},
        {"WEB_PORT": "８０８０"},
    ],
)
def test_a_value_that_cannot_work_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(WrongSetting, match=next(iter(wrong))):
        Paths.from_environment(wrong)


def test_a_relative_state_folder_becomes_absolute() -> None:
    assert Paths.from_environment({"VAR_DIR": "state"}).var == Path.cwd() / "state"
