"""What a hostile trainee finds from inside a notebook: nothing of the host, of others, or of the network."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.hub_config.local_hub import LocalHub

PROBE = Path(__file__).with_name("probe.py")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(hub: LocalHub) -> dict[str, Any]:
    """Return the findings of the probe in the lab of u3, while u4 has a lab of its own."""
    for user in ("u3", "u4"):
        hub.spawn(user)
    (hub.var / "homes" / "u4" / "secret.txt").write_text("of u4", encoding="utf-8")
    names = {
        "PORTS": [hub.port, 22, 5432, 8000, 8001, 9200],
        "OTHER_SOCKET": str(hub.runtime / "labs" / "u4"),
        "OWN_SOCKET": str(hub.runtime / "labs" / "u3.new"),
        "PROXY_SOCKET": str(hub.runtime / "proxy" / "api.sock"),
    }
    probe = PROBE.read_text(encoding="utf-8").replace("SETTINGS = {}", f"SETTINGS = {names!r}")
    said = hub.run("u3", hub.token_of("u3"), probe)
    findings: dict[str, Any] = json.loads(said)
    return findings


def is_refused(finding: Any) -> bool:
    """Return whether an attempt raised, or a command that it started failed."""
    return isinstance(finding, str) and (finding.startswith("refused") or not finding.startswith("0 "))


def test_trainee_has_no_rights(found: dict[str, Any]) -> None:
    assert found["uid"] == 1000
    assert found["capabilities"] == ["CapEff:\t0000000000000000", "NoNewPrivs:\t1"]


@pytest.mark.skipif(os.geteuid() != 0, reason="without root all labs share one user id")
def test_each_lab_has_a_user_id_of_its_own_on_the_host(hub: LocalHub, found: dict[str, Any]) -> None:
    owners = {}
    for user in ("u3", "u4"):
        record = json.loads((hub.runtime / "labs" / f"{user}.json").read_text(encoding="utf-8"))
        owners[user] = os.stat(f"/proc/{record['pid']}").st_uid

    assert owners == {"u3": 200_003, "u4": 200_004}
    assert (hub.var / "homes" / "u4").stat().st_mode & 0o777 == 0o700


def test_trainee_sees_no_process_of_others(found: dict[str, Any]) -> None:
    commands = " ".join(found["processes"].values())

    assert len(found["processes"]) <= 5
    assert "jupyterhub -f" not in commands
    assert "configurable-http-proxy" not in commands


def test_trainee_sees_no_file_of_others(hub: LocalHub, found: dict[str, Any]) -> None:
    assert found["homes"] == ["u3"]
    assert is_refused(found["root home"])
    assert is_refused(found["shadow"])
    assert set(found["run"]) == {"kernel", "portal"}
    assert found["run"]["portal"] == ["lab-api.sock"]
    # Its own sockets and nothing of the server's or of another kernel's.
    assert {name.rpartition("-")[0] or name for name in found["run"]["kernel"]} == {"kernel.json", "s"}
    said = hub.run("u3", hub.token_of("u3"), f"print(open({str(hub.var / 'homes/u4/secret.txt')!r}).read())")
    assert "FileNotFoundError" in said
    said = hub.run("u3", hub.token_of("u3"), f"print(open({str(hub.var / 'hub/jupyterhub.sqlite')!r}).read())")
    assert "FileNotFoundError" in said


def test_trainee_has_no_network(hub: LocalHub, found: dict[str, Any]) -> None:
    reached = [name for name in found if name.startswith("port") and not is_refused(found[name])]

    assert found["interfaces"] == ["lo"]
    assert not reached
    assert is_refused(found["internet"])
    assert is_refused(found["metadata"])
    assert is_refused(found["name lookup"])
    assert found["abstract sockets"] == []


def test_trainee_reaches_no_socket_of_others_and_owns_none(hub: LocalHub, found: dict[str, Any]) -> None:
    for attempt in ("other socket", "proxy socket", "own socket", "replace hub socket", "new socket beside"):
        assert is_refused(found[attempt]), attempt
    assert not (hub.runtime / "labs" / "u3").is_symlink()


def test_data_and_environment_are_read_only(found: dict[str, Any]) -> None:
    for attempt in ("dataset", "dataset file", "environment write", "lab package", "usr", "outside", "dev"):
        assert is_refused(found[attempt]), attempt
    assert found["dataset read"] == "a,b\n1,2\n"


def test_trainee_makes_no_namespace_and_no_mount(found: dict[str, Any]) -> None:
    for attempt in ("user namespace", "nested sandbox", "mount", "su"):
        assert is_refused(found[attempt]), attempt
    assert found["unshare call"] == -1


def test_trainee_inherits_no_secret_and_no_descriptor(hub: LocalHub, found: dict[str, Any]) -> None:
    kept = [name for name in ("CANARY", "VAR_DIR", "CONFIGPROXY", "TOKEN") if name in found["environments"]]
    secrets = [file.read_text(encoding="utf-8") for file in (hub.var / "secrets").iterdir()]
    files = [
        link for link in found["descriptors"] if link.startswith("/") and not link.startswith(("/dev/null", "/memfd"))
    ]

    assert not kept
    assert not [one for one in secrets if one in json.dumps(found)]
    assert {Path(link).name for link in files} <= {"u3.log", "ptmx", "urandom"}, files


def test_limits_hold(found: dict[str, Any]) -> None:
    assert "MemoryError" in found["memory"]
    assert is_refused(found["big file"])


def test_secrets_are_in_no_log_and_no_command_line(hub: LocalHub, found: dict[str, Any]) -> None:
    texts = hub.log + hub.lab_log("u3")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            texts += (folder / "cmdline").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue

    for file in (hub.var / "secrets").iterdir():
        assert file.read_text(encoding="utf-8") not in texts, file.name
    assert hub.environ["CANARY"] not in texts
