"""No attack of the pack earns a point, reads a secret, reaches a network, or leaves anything running."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from labs.grader.engine.packs import Attack, attacks, families, labs
from labs.grader.engine.packs.building import source_of
from tests.attacks.packs.running import LIMITS, Ended, Listening, filled, grade_bytes, side_by_side, submission_of, told
from tests.graders import GraderProcess, encode

pytestmark = pytest.mark.slow

SECRET, DAEMON = "31337", b"86403"
GRACE_SECONDS = 5
HARMLESS = {"plain": 1.0, "crossing": 0.0, "files": 0.0}
"""Points of the other question, which an honest answer earned."""


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    servers = Listening(tmp_path_factory.mktemp("host"))
    yield servers
    servers.close()


@pytest.fixture(scope="module")
def ended(
    warm_grader: GraderProcess, lab_environment: Path, listening: Listening
) -> Iterator[dict[str, Future[Ended]]]:
    releases = {name: warm_grader.release(source_of(lab)) for name, lab in labs().items()}
    places = filled(listening, lab_environment)

    def case(attack: Attack) -> Any:
        return lambda: grade_bytes(warm_grader, attack.lab, submission_of(attack, releases[attack.lab], places))

    with side_by_side({attack.name: case(attack) for attack in attacks()}) as running:
        yield running


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_attack_earns_nothing(ended: dict[str, Future[Ended]], attack: Attack) -> None:
    end = ended[attack.name].result()

    if not end.refused:
        assert end.result["cost"]["wall_s"] < LIMITS["wall_s"] + GRACE_SECONDS
    if attack.bomb and attack.verdicts == ("refused",):
        assert end.refused in ("bad_submission", "too_large")
        assert end.seconds < 10
        return
    first = end.result["questions"][0]
    if attack.silent:
        assert SECRET not in told(end.result)
        assert "HIDDEN" not in told(end.result)
        return
    honest = HARMLESS[attack.lab] if not attack.bomb else 0.0
    allowed = (0.0, honest) if attack.ruins else (honest + attack.earns,)
    assert first["score"] == 0
    assert end.result["score"] in allowed, end.result["questions"]
    assert not attack.verdicts or attack.bomb or first["verdict"] in attack.verdicts, first
    assert not attack.found or "found: []" in first["message"], first
    assert attack.says in first["message"]
    assert len(told(end.result)) < 20_000
    told(end.result).encode()
    assert SECRET not in told(end.result)


def test_nothing_was_heard_and_nothing_is_left_running(ended: dict[str, Future[Ended]], listening: Listening) -> None:
    for future in ended.values():
        future.result()
    time.sleep(1)

    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if DAEMON in _read(path).split(b"\0")]

    assert listening.heard() == []
    assert left == []


def test_pack_covers_every_case_of_the_threat_list_that_a_notebook_can_try() -> None:
    told_by_record = {8, 19}
    """What happens to a record after it was sent, and archives: see test_records.py."""

    assert {attack.case for attack in attacks()} | told_by_record == set(range(1, 29))
    assert len(attacks()) >= 40
    assert len({attack.name for attack in attacks()}) == len(attacks())
    assert {attack.family for attack in attacks()} <= set(families())


@pytest.mark.parametrize("name", ["plain", "crossing"])
def test_right_answers_pass_every_test_of_the_packs_labs(warm_grader: GraderProcess, name: str) -> None:
    end = grade_bytes(warm_grader, name, encode(source_of(labs()[name])))

    assert end.result["score"] == end.result["max_score"] > 0, end.result["questions"]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
