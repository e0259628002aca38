"""Which token a command in a lab shows: the person's short one before the server's."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).parents[3] / "hub_config" / "lab" / "chengxue_exchange" / "tokens.py"


@pytest.fixture(scope="module")
def tokens() -> ModuleType:
    """Return the module alone: its package needs nbgrader, which is in the lab environment only."""
    spec = importlib.util.spec_from_file_location("exchange_tokens", SOURCE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(home: Path, text: str, mode: int = 0o600) -> None:
    file = home / ".chengxue" / "token"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


def test_the_variable_comes_first_then_the_server_then_the_file(tokens: ModuleType, tmp_path: Path) -> None:
    server = {"JUPYTERHUB_API_TOKEN": "s"}
    assert tokens.find_token({}, tmp_path) == ""
    assert tokens.find_token(server, tmp_path) == "s"

    write(tmp_path, "cx_file\n")
    assert tokens.find_token({}, tmp_path) == "cx_file"
    assert tokens.find_token(server, tmp_path) == "s"
    assert tokens.find_token({**server, "CHENGXUE_TOKEN": " cx_own "}, tmp_path) == "cx_own"


def test_a_file_that_others_can_read_is_not_taken(tokens: ModuleType, tmp_path: Path) -> None:
    write(tmp_path, "cx_file", 0o644)

    with pytest.raises(tokens.OpenTokenFile, match="token"):
        tokens.find_token({}, tmp_path)
