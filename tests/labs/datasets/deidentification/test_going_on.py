"""A build tells where it is, stops when told, and goes on where it ended."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labs.datasets.deidentification.building import Release, build
from labs.datasets.deidentification.lattice import Search
from labs.datasets.deidentification.progress import Cancelled
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import Recipe, parse_recipe, read_recipe
from tests.labs.datasets.deidentification.tables import KEY, people, recipe, table


def many() -> Table:
    """Return a table whose search takes dozens of checks."""
    source = people(400)
    extra = {f"q{c}": [str(index * (c * 13 + 7) % 97 % (5 + c)) for index in range(400)] for c in range(4)}
    return table(**{name: source.frame[name].to_list() for name in source.frame.columns}, **extra)


def wanted() -> Recipe:
    columns = {f"q{c}": {"role": "quasi", "hierarchy": {"builtin": "numeric", "widths": [2, 4]}} for c in range(4)}
    return parse_recipe(recipe(columns=columns, recoding="local", l={"illness": 2}, k=8, tier=None))


def cancelled_after(checks: int) -> Any:
    seen: Counter[str] = Counter()

    def progress(stage: str, share: float) -> None:
        seen[stage] += 1
        if seen["search"] == checks:
            raise Cancelled

    return progress


def same(first: Release, second: Release) -> bool:
    return first.report | {"seconds": 0} == second.report | {"seconds": 0} and first.frame.equals(second.frame)


def test_progress_rises_to_the_end() -> None:
    told: list[tuple[str, float]] = []

    build(many(), wanted(), KEY, progress=lambda stage, share: told.append((stage, share)))

    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert list(dict.fromkeys(stage for stage, _ in told)) == [
        "treat", "search", "publish", "check", "measure", "done",
    ]  # fmt: skip


@pytest.mark.parametrize("checks", [1, 7, 20])
def test_cancelled_build_goes_on_and_gives_the_same_release(
    tmp_path: Path, checks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = build(many(), wanted(), KEY)
    place = tmp_path / "build.checkpoint"
    with pytest.raises(Cancelled):
        build(many(), wanted(), KEY, progress=cancelled_after(checks), checkpoint=place)
    saved = sum(map(len, json.loads(place.read_text())["passes"]))
    proved: Counter[str] = Counter()
    prove = Search._prove
    monkeypatch.setattr(Search, "_prove", lambda self, index: (proved.update(["node"]), prove(self, index))[1])

    again = build(many(), wanted(), KEY, checkpoint=place)

    assert same(whole, again)
    assert proved["node"] == whole.report["search"]["checked"] - saved
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"identity": "x"}', '{"identity": 1, "passes": 7}'])
def test_torn_or_foreign_checkpoint_costs_only_time(tmp_path: Path, content: str) -> None:
    place = tmp_path / "build.checkpoint"
    place.write_text(content)

    assert same(build(many(), wanted(), KEY), build(many(), wanted(), KEY, checkpoint=place))


def test_checkpoint_of_another_recipe_is_not_used(tmp_path: Path) -> None:
    place = tmp_path / "build.checkpoint"
    with pytest.raises(Cancelled):
        build(many(), wanted(), KEY, progress=cancelled_after(7), checkpoint=place)
    other = parse_recipe(recipe(columns={f"q{c}": {"role": "plain", "treatment": "drop"} for c in range(4)}))

    assert same(build(many(), other, KEY), build(many(), other, KEY, checkpoint=place))


def test_yaml_and_json_are_one_recipe(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps(recipe(l={"illness": 2}), ensure_ascii=False), "utf-8")
    (tmp_path / "r.yaml").write_text(
        "k: 5\nsuppression_max: 0.1\ntier: lab\nl: {illness: 2}\ncolumns:\n  number: {role: direct}\n"
        "  age: {role: quasi, hierarchy: age}  # 五岁一组起\n  district: {role: quasi, hierarchy: region}\n"
        "  illness:\n    role: sensitive\n",
        "utf-8",
    )

    assert read_recipe(tmp_path / "r.yaml").sha256 == read_recipe(tmp_path / "r.json").sha256
