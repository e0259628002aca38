"""What would undo a release is found before anybody approves it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from labs.datasets.deidentification.building import Release, build
from labs.datasets.deidentification.checks import check_remainder
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from tests.labs.datasets.deidentification.tables import KEY, people, recipe, table


def with_column(name: str, values: list[str]) -> Table:
    source = people()
    return Table(source.frame.with_columns(pl.Series(name, values)), source.sha256)


def released(source: Table, **changes: Any) -> Release:
    return build(source, parse_recipe(recipe(**changes)), KEY)


def found(release: Release, check: str) -> list[tuple[str, str | None]]:
    return [(finding.severity, finding.column) for finding in release.findings if finding.check == check]


def test_clean_release_has_no_finding() -> None:
    release = released(people())

    assert release.findings == []
    assert release.report["k"] >= 5


def test_leaked_index_is_stopped() -> None:
    release = released(people(), columns={"number": {"role": "plain"}})

    assert ("stop", "number") in found(release, "leaked_index")
    assert release.is_stopped


def test_kept_row_order_is_stopped() -> None:
    assert found(released(people(), shuffle_rows=False), "row_order") == [("stop", None)]


def test_near_unique_plain_column_is_stopped() -> None:
    codes = [f"x{index * 7919 % 1000}" for index in range(60)]

    release = released(with_column("code", codes), columns={"code": {"role": "plain"}})

    assert found(release, "near_unique") == [("stop", "code")]


def test_planted_unique_row_is_stopped_in_a_plain_column() -> None:
    release = released(
        with_column("post", ["科员"] * 31 + ["省长"] + ["科员"] * 28), columns={"post": {"role": "plain"}}
    )

    assert found(release, "unique_value") == [("stop", "post")]
    row = release.findings[0].row
    assert row is not None
    assert release.frame["post"][row - 1] == "省长"


def test_planted_unique_row_never_leaves_through_the_classes() -> None:
    source = people()
    planted = Table(
        pl.concat(
            [
                source.frame,
                pl.DataFrame({"number": ["61"], "age": ["104"], "district": ["654000"], "illness": ["感冒"]}),
            ]
        ),
        "00",
    )

    release = released(planted)

    assert "104" not in release.frame["age"].to_list()
    assert release.report["k"] >= 5


def test_ward_that_gives_away_a_district_is_stopped() -> None:
    districts = people().frame["district"].to_list()
    wards = [f"街道{district}{index % 2}" for index, district in enumerate(districts)]
    levels = {"role": "quasi", "hierarchy": "region", "min_level": 2}

    release = released(with_column("ward", wards), columns={"ward": {"role": "plain"}, "district": levels})

    assert found(release, "dependency") == [("stop", "ward")]


def test_column_that_tells_nothing_is_no_dependency() -> None:
    colors = [("红", "蓝")[index * 11 % 7 % 2] for index in range(60)]
    levels = {"role": "quasi", "hierarchy": "region", "min_level": 2}

    release = released(with_column("color", colors), columns={"color": {"role": "plain"}, "district": levels})

    assert found(release, "dependency") == []


def with_wards() -> Table:
    """60 people in 12 wards of 6 districts: a ward lies in one district, an age has nothing to do with either."""
    districts = people().frame["district"].to_list()
    return with_column("ward", [f"{district}{index % 4 // 2:03}" for index, district in enumerate(districts)])


WARDS = {"role": "quasi", "hierarchy": {"builtin": "prefix", "lengths": [4, 0]}, "min_level": 1}


@pytest.mark.parametrize(("k", "severity"), [(11, "stop"), (5, "warn")])
def test_district_that_a_generalized_ward_determines_is_found_with_the_size_it_leaves(k: int, severity: str) -> None:
    columns = {"ward": WARDS, "district": {"role": "plain"}, "age": {"role": "direct"}}

    release = released(with_wards(), k=k, columns=columns)

    smallest = min(release.frame.group_by("ward", "district").len()["len"].to_list())
    assert smallest == 10
    assert found(release, "dependency") == [(severity, "district")]
    message = next(one for one in release.report["findings"] if one["check"] == "dependency")
    assert "“district”由“ward”决定" in message["message_zh"]
    assert "最小的组只有 10 行" in message["message_zh"]
    assert "请把“district”也设为准标识符" in message["message_zh"]
    assert "district is determined by ward" in message["message_en"]


def test_district_beside_a_ward_published_as_it_is_says_nothing_new() -> None:
    wards = {"role": "quasi", "hierarchy": {"builtin": "prefix", "lengths": [6, 0]}, "max_level": 1}

    release = released(with_wards(), columns={"ward": wards, "district": {"role": "plain"}, "age": {"role": "direct"}})

    assert found(release, "dependency") == []


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("rows", [12, 20, 60])
def test_columns_that_agree_by_chance_are_no_dependency(seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    source = people(rows)
    pairs = [f"{value}" for value in random.integers(0, max(rows // 3, 2), rows)]
    colors = ["红" if value else "蓝" for value in random.random(rows) < 0.06]
    frame = source.frame.with_columns(pl.Series("pair", pairs), pl.Series("color", colors))

    release = released(
        Table(frame, "00"), k=3, tier=None,
        columns={"pair": {"role": "plain"}, "color": {"role": "plain"}, "number": {"role": "direct"}},
    )  # fmt: skip

    assert found(release, "dependency") == []


def test_identity_number_in_a_label_is_stopped() -> None:
    labels = ["甲类", "乙类(经办11010519491231002X)"] * 30

    release = released(with_column("class", labels), columns={"class": {"role": "plain"}})

    assert ("stop", "class") in found(release, "identifier")


def test_identity_number_in_a_label_of_a_hierarchy_is_stopped() -> None:
    rows = [[f"6101{index + 2:02}", "管片民警13812345678", "*"] for index in range(6)]

    release = released(
        people(), columns={"district": {"role": "quasi", "hierarchy": {"inline": rows}, "min_level": 1, "max_level": 1}}
    )

    assert found(release, "identifier") == [("stop", "district")]


def test_text_is_redacted_and_passes() -> None:
    texts = [f"我叫王小明,电话1381234{index:04},来电反映路灯不亮" for index in range(60)]

    release = released(with_column("message", texts), columns={"message": {"role": "text"}})

    assert set(release.frame["message"].to_list()) == {"我叫【姓名1】,电话【手机号1】,来电反映路灯不亮"}
    assert not release.is_stopped
    # What a program cannot do is told to whoever has to sign.
    assert found(release, "redacted") == [("warn", "message")]
    assert (
        found(
            released(with_column("message", texts), columns={"message": {"role": "text", "treatment": "drop"}}),
            "redacted",
        )
        == []
    )


def test_class_below_the_threshold_of_its_tier_is_stopped() -> None:
    assert found(released(people(), k=5, tier="partner", suppression_max=0.0), "class_size") in ([("stop", None)], [])
    assert found(
        released(
            table(age=["30"] * 8 + ["40"] * 8),
            k=8,
            tier="partner",
            columns={"number": None, "district": None, "illness": None, "age": {"role": "quasi", "treatment": "keep"}},
        ),
        "class_size",
    ) == [("stop", None)]


def test_masked_remainder_smaller_than_k_is_stopped() -> None:
    parsed = parse_recipe(recipe(suppressed="mask"))

    assert [finding.severity for finding in check_remainder(parsed, 3)] == ["stop"]
    assert check_remainder(parsed, 5) == []
    assert check_remainder(parsed, 0) == []


def test_unique_extreme_is_warned_about() -> None:
    amounts = [str(100 + index % 5) for index in range(59)] + ["987654"]

    release = released(with_column("amount", amounts), columns={"amount": {"role": "plain"}})

    assert ("warn", "amount") in found(release, "extreme")


def test_every_finding_speaks_both_languages() -> None:
    release = released(people(), shuffle_rows=False, columns={"number": {"role": "plain"}})

    for finding in release.report["findings"]:
        assert finding["message_zh"] != finding["message_en"]
        assert "{" not in finding["message_zh"] + finding["message_en"]


@pytest.mark.parametrize("seed", range(5))
def test_random_tables_satisfy_the_claim(seed: int) -> None:
    random = np.random.default_rng(seed)
    source = table(
        number=[str(index) for index in range(80)],
        age=[str(value) for value in random.integers(18, 60, 80)],
        district=[f"6101{value:02}" for value in random.integers(2, 8, 80)],
        illness=[str(value) for value in random.integers(0, 4, 80)],
    )

    release = released(source, l={"illness": 2}, t={"illness": 0.5}, suppression_max=0.2)

    assert release.report["k"] >= 5
    assert release.report["l"] >= 2
    assert release.report["t"] <= 0.5
    assert found(release, "claim") == []
