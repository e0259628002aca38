"""The rows that the report calls suppressed are those that the release does not show, in every mode."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.messages import Unreachable
from labs.datasets.deidentification.recipe import parse_recipe
from tests.labs.datasets.deidentification.tables import KEY, recipe, table

DEMANDS: dict[str, dict[str, Any]] = {
    "k": {},
    "l": {"l": {"illness": 2}},
    "t": {"t": {"illness": 0.35}},
    "t_loose": {"t": {"illness": 0.55}},
    "persons": {"person": "number"},
}
MODES = list(itertools.product(["global", "local"], ["remove", "mask"], ["rows", "counts"], DEMANDS))
MODES = [mode for mode in MODES if mode[1:3] != ("mask", "counts")]  # refused by the recipe


@pytest.mark.parametrize(("recoding", "suppressed", "output", "demand"), MODES)
def test_suppressed_rows_of_the_report_are_those_missing_from_the_release(
    recoding: str, suppressed: str, output: str, demand: str
) -> None:
    seen = 0
    for seed in range(3):
        random = np.random.default_rng(seed)
        source = table(
            number=[str(value) for value in random.integers(0, 60, 90)],
            age=[str(value) for value in random.choice([21, 33, 34, 45, 46, 81, 104], 90, p=[0.3, 0.2, 0.2, 0.2, 0.06, 0.03, 0.01])],
            district=[f"6101{value:02}" for value in random.integers(2, 5, 90)],
            illness=[str(value) for value in random.choice(4, 90, p=[0.5, 0.3, 0.15, 0.05])],
        )  # fmt: skip
        wanted = recipe(
            k=4,
            tier=None,
            recoding=recoding,
            suppressed=suppressed,
            output=output,
            suppression_max=0.4,
            **DEMANDS[demand],
        )
        try:
            release = build(source, parse_recipe(wanted), KEY)
        except Unreachable:
            continue
        frame, report = release.frame, release.report
        masked = (
            frame.filter((frame["age"] == "*") & (frame["district"] == "*")) if suppressed == "mask" else frame.clear()
        )
        shown = int(frame["count"].cast(int).sum()) if output == "counts" else frame.height - masked.height
        seen += report["suppressed_rows"] > 0
        assert report["suppressed_rows"] == source.frame.height - shown
        assert report["suppression"] == pytest.approx(report["suppressed_rows"] / source.frame.height)
    assert seen
