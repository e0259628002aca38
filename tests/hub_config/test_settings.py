"""Settings of the hub: the same places as the portal's, and folders that keep others out."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from hub_config.settings import HubSettings, WrongSetting
from portal.installation.paths import Paths


def settings_below(folder: Path) -> HubSettings:
    """Return settings of an installation below `folder`, as an ordinary user's."""
    environ = {"VAR_DIR": str(folder / "var"), "RUNTIME_DIR": str(folder / "run")}
    return replace(HubSettings.from_environment(environ), is_root=False)


def test_hub_and_portal_agree_on_every_place() -> None:
    paths = Paths.from_environment(
        {"VAR_DIR": "/srv/x/var", "RUNTIME_DIR": "/run/x", "HUB_PORT": "8121", "MAX_LABS": "7"}
    )

    settings = HubSettings.from_environment(paths.environment())

    assert settings.homes == paths.homes
    assert settings.mounts == paths.lab_mounts
    assert settings.state == paths.hub
    assert settings.hub_socket == paths.hub_socket
    assert settings.portal_sockets == paths.lab_api_socket.parent
    assert settings.lab_sockets == paths.lab_sockets
    assert settings.proxy_socket == paths.proxy_socket
    assert settings.proxy_command == paths.proxy_command
    assert settings.lab_environment == paths.lab_environment
    assert settings.hub_environment == paths.hub_environment
    assert (settings.hub_port, settings.max_labs) == (paths.hub_port, paths.max_labs)
    assert (settings.portal_url, settings.hub_url) == (paths.portal_url, paths.hub_url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"VAR_DIR": "var"},
        {"RUNTIME_DIR": ""},
        {"HUB_PORT": "0"},
        {"HUB_PORT": "８００１"},
        {"MAX_LABS": "many"},
    ],
)
def test_wrong_values_are_named(wrong: dict[str, str]) -> None:
    environ = {"VAR_DIR": "/srv/var", "RUNTIME_DIR": "/run/x", **wrong}

    with pytest.raises(WrongSetting, match=next(iter(wrong))):
        HubSettings.from_environment(environ)


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("", False), ("0", False), ("yes", False)])
def test_labs_without_walls_need_the_explicit_flag(value: str, allowed: bool) -> None:
    environ = {"VAR_DIR": "/srv/var", "RUNTIME_DIR": "/run/x", "CHENGXUE_INSECURE_LABS": value}

    assert HubSettings.from_environment(environ).allows_insecure_labs is allowed


def test_missing_secret_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="hub_crypt_key"):
        settings_below(tmp_path).secret("hub_crypt_key")


def test_state_and_sockets_of_labs_are_closed_to_others(tmp_path: Path) -> None:
    settings = settings_below(tmp_path)

    settings.prepare_folders()

    for folder in (settings.state, settings.lab_logs, settings.lab_sockets, settings.proxy_socket.parent):
        assert folder.stat().st_mode & 0o777 == 0o700, folder
    assert settings.homes.stat().st_mode & 0o777 in (0o711, 0o711 & ~os.umask(0o022))


def test_limits_of_labs_are_said_in_megabytes_and_reach_the_warden() -> None:
    environ = {"VAR_DIR": "/v", "RUNTIME_DIR": "/r", "LAB_MEMORY_MB": "700", "LAB_HOME_FILES": "9", "SECRET": "x"}
    settings = HubSettings.from_environment(environ)

    assert (settings.bounds.memory, settings.bounds.home_files) == (700 << 20, 9)
    assert settings.bounds.home == settings.bounds.free_disk == 4 << 30
    assert HubSettings.from_environment(settings.told).bounds == settings.bounds
    assert "SECRET" not in settings.told


def test_a_lab_gets_no_more_than_half_of_a_small_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_config.settings.memory_mb", lambda: 3000)

    assert HubSettings.from_environment({"VAR_DIR": "/v", "RUNTIME_DIR": "/r"}).bounds.memory == 1500 << 20
