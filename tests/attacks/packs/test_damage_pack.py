"""Honest notebooks, damaged as real trainees damage them, keep every point."""

from __future__ import annotations

import pytest

from labs.grader.engine.packs import Damage, damages, labs
from labs.grader.engine.packs.building import source_of
from labs.grader.engine.packs.damaging import damaged
from tests.attacks.packs.running import grade_bytes
from tests.graders import GraderProcess

pytestmark = pytest.mark.slow

MOST_SECONDS = 10


@pytest.mark.parametrize("damage", damages(), ids=lambda damage: damage.name)
def test_honest_work_keeps_its_points(warm_grader: GraderProcess, damage: Damage) -> None:
    source = source_of(labs()["honest"])

    end = grade_bytes(warm_grader, "honest", damaged(source, warm_grader.release(source), damage))

    assert end.result.get("score") == 5, (end.refused, end.result.get("questions"))
    assert end.seconds < MOST_SECONDS


def test_pack_holds_enough_kinds_of_damage() -> None:
    assert len(damages()) >= 15
    assert len({damage.name for damage in damages()}) == len(damages())
