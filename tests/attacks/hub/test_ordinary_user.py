"""The walls stand as well where an ordinary user started the hub: one user id, namespaces alone."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub_config.local_hub import LocalHub, local_hub

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="without root every other attack runs as an ordinary user already"),
]

NOBODY = 65534
LOOK = """
import json, os
def attempt(action):
    try:
        return action()
    except Exception as error:
        return type(error).__name__
print(json.dumps({
    "uid": os.getuid(),
    "homes": os.listdir("/home"),
    "neighbor": attempt(lambda: open(NEIGHBOR).read()),
    "database": attempt(lambda: open(DATABASE, "rb").read(10)),
    "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev").read().splitlines()[2:]],
    "run": sorted(os.listdir("/run")),
    "tokens": [name for name in os.environ if "TOKEN" in name],
    "processes": len([name for name in os.listdir("/proc") if name.isdigit()]),
    "data": attempt(lambda: open("/srv/datasets/x", "w")),
}))
"""


@pytest.fixture(scope="module")
def ordinary(environments: Path) -> Iterator[LocalHub]:
    """Yield a hub that nobody started."""
    with (
        tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder,
        local_hub(Path(folder), environments, uid=NOBODY) as hub,
    ):
        yield hub


def test_labs_of_one_user_id_are_kept_apart(ordinary: LocalHub) -> None:
    for user in ("u3", "u4"):
        ordinary.spawn(user)
    secret = ordinary.var / "homes" / "u4" / "secret.txt"
    secret.write_text("of u4", encoding="utf-8")
    secret.chmod(0o644)
    names = f"NEIGHBOR = {str(secret)!r}\nDATABASE = {str(ordinary.var / 'hub/jupyterhub.sqlite')!r}\n"

    seen = json.loads(ordinary.run("u3", ordinary.token_of("u3"), names + LOOK))

    assert seen["uid"] == 1000
    assert seen["homes"] == ["u3"]
    assert seen["neighbor"] == "FileNotFoundError"
    assert seen["database"] == "FileNotFoundError"
    assert seen["interfaces"] == ["lo"]
    assert seen["run"] == ["kernel", "portal"]
    assert seen["tokens"] == []
    assert seen["processes"] <= 5
    assert seen["data"] in ("OSError", "PermissionError")


BOMB = """
import subprocess
started = []
try:
    while len(started) < 400:
        started.append(subprocess.Popen(["sleep", "20"]))
except OSError as error:
    print(len(started), type(error).__name__)
"""


def test_a_lab_full_of_processes_takes_none_from_another(ordinary: LocalHub) -> None:
    for user in ("u3", "u4"):
        ordinary.spawn(user)

    said = ordinary.run("u3", ordinary.token_of("u3"), BOMB)

    assert "BlockingIOError" in said
    assert ordinary.run("u4", ordinary.token_of("u4"), "print(6 * 7)").strip() == "42"


def test_nothing_of_an_ordinary_users_hub_is_open_to_others(ordinary: LocalHub) -> None:
    assert (ordinary.runtime / "hub" / "hub.sock").stat().st_mode & 0o777 == 0o600
    assert (ordinary.runtime / "labs").stat().st_mode & 0o777 == 0o700
    assert ordinary.var.joinpath("hub").stat().st_mode & 0o777 == 0o700
